data "aws_kms_key" "secrets" {
  key_id = var.kms_key_id
}

data "aws_partition" "current" {}

locals {
  # GetParametersByPath is allowed for the path that is asked for, not for what stands below it.
  path_arn    = trimsuffix(aws_ssm_parameter.plain["host"].arn, "/host")
  secret_arns = [for secret in aws_ssm_parameter.secret : secret.arn]
  region      = split(":", local.path_arn)[3]
}

data "aws_iam_policy_document" "reader" {
  statement {
    sid       = "ReadAllAtTheStart"
    actions   = ["ssm:GetParametersByPath"]
    resources = [local.path_arn]
  }

  statement {
    sid       = "ReadASecretAgainWhenItIsRefused"
    actions   = ["ssm:GetParameter"]
    resources = local.secret_arns
  }

  statement {
    sid       = "DecryptTheseSecretsInParameterStore"
    actions   = ["kms:Decrypt"]
    resources = [data.aws_kms_key.secrets.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      # In China services have names of a suffix of their own.
      values = distinct([
        for suffix in ["amazonaws.com", data.aws_partition.current.dns_suffix] :
        "ssm.${local.region}.${suffix}"
      ])
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:PARAMETER_ARN"
      values   = local.secret_arns
    }
  }
}

resource "aws_iam_policy" "reader" {
  name_prefix = "oracle-cdc-parameters-"
  description = "Reads the parameters below ${var.path}, and nothing else."
  policy      = data.aws_iam_policy_document.reader.json
}

resource "aws_iam_role_policy_attachment" "reader" {
  for_each = var.reader_roles

  role       = each.value
  policy_arn = aws_iam_policy.reader.arn
}
