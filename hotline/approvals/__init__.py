"""审批与挂账台账: what waits for the reader's step, and the ledger of what is suspended."""
