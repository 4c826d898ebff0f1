"""外发消息: messages to staff that did not arrive, sent again or given up."""
