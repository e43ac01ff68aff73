output "ssm_path" {
  description = "The value of the service's SSM_PATH."
  value       = var.path
}

output "reader_policy_arn" {
  description = "The policy to attach where the service does not run with one of reader_roles."
  value       = aws_iam_policy.reader.arn
}
