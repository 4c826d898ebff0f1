"""知识缺口: what agents knew and no article says."""
