output "uri" {
  value = provider::penstock::s3_uri("kafka", "penstock", { endpoint = "http://127.0.0.1:9000", path_style = true })
}
