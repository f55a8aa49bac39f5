"""What tests share: the real things they meet, and the account of what was left out."""
