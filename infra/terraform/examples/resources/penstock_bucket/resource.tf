variable "secret_access_key" {
  type      = string
  ephemeral = true
}

resource "penstock_bucket" "eu" {
  name = "eu"
  uri = provider::penstock::s3_uri("kafka-eu", "penstock", {
    endpoint = "https://s3.eu-central-1.amazonaws.com"
    region   = "eu-central-1"
  })
  access_key_id                = "AKIAEXAMPLE"
  secret_access_key_wo         = var.secret_access_key
  secret_access_key_wo_version = 1
  deletion_protection          = true
}
