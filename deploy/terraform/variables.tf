variable "path" {
  description = "Where the parameters stand. The service's SSM_PATH is the same text."
  type        = string
  default     = "/sp-incb/ci/market-pulse/oracle"

  validation {
    condition     = can(regex("^(/[A-Za-z0-9_.-]+)+$", var.path))
    error_message = "A path begins with /, does not end with one, and has letters, digits, _, . and - between."
  }
}

variable "host" {
  description = "Oracle's host, first value."
  type        = string
}

variable "port" {
  description = "Oracle's port, first value."
  type        = number
  default     = 1521
}

variable "service_name" {
  description = "Oracle's service name, first value."
  type        = string
}

variable "username" {
  description = "The user who logs in, first value."
  type        = string
}

variable "schema" {
  description = "The owner of the tables to look into, first value."
  type        = string
}

variable "tables" {
  description = "The tables to look into, with commas between, first value."
  type        = string
}

variable "further_secrets" {
  description = "Other secrets below the path that the service reads, as mariadb/password."
  type        = set(string)
  default     = []
}

variable "kms_key_id" {
  description = "The key that encrypts the secrets: an alias, an id or an ARN."
  type        = string
  default     = "alias/aws/ssm"
}

variable "reader_roles" {
  description = "Names of the roles that may read: that of the service."
  type        = set(string)
  default     = []
}
