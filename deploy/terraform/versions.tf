terraform {
  # Write-only arguments, which are in no plan and no state, came with 1.11.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The first release known to keep value_wo out of the state.
      version = ">= 5.100"
    }
  }
}
