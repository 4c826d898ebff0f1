"""Files of tickets on the pages: brought in, handed out, released to units, taken back."""
