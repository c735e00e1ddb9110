ephemeral "penstock_api_key" "run" {
  name     = "pipeline"
  role     = "VIEWER"
  lifetime = "15m"
}
