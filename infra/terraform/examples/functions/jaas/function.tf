output "jaas" {
  sensitive = true
  value     = provider::penstock::jaas(penstock_credential.billing.username, penstock_credential.billing.secret, "SCRAM_SHA_512")
}
