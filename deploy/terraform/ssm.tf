locals {
  # How Oracle is reached. Nothing of it is a secret.
  plain = {
    host         = var.host
    port         = var.port
    service_name = var.service_name
    username     = var.username
    schema       = var.schema
    tables       = var.tables
  }

  secrets = setunion(["password"], var.further_secrets)
}

resource "aws_ssm_parameter" "plain" {
  for_each = local.plain

  name  = "${var.path}/${each.key}"
  type  = "String"
  value = each.value

  # What was put with the AWS CLI or in the console stays.
  lifecycle {
    ignore_changes = [value]
  }
}

# Each is made with a text that is no password, and the real one is put there by hand: Terraform
# never has it. `value` with ignore_changes would not do: each refresh would copy it into the state.
resource "aws_ssm_parameter" "secret" {
  for_each = local.secrets

  name             = "${var.path}/${each.key}"
  type             = "SecureString"
  key_id           = var.kms_key_id
  value_wo         = "not put yet"
  value_wo_version = 1
}
