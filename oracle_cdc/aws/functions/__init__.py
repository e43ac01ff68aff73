"""AWS Lambda: functions, called from here."""
