"""Who acts around the service: the recorder, SQS, the ML service, a DBA."""
