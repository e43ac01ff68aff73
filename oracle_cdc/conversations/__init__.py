"""The product: conversations from Oracle to SQS, and answers back."""
