"""批量导入: requests brought in from files, tried first, taken as a job with progress."""
