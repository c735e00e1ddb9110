resource "penstock_cluster_authentication" "orders" {
  cluster_id      = penstock_cluster.orders.id
  client_ca       = file("clients-ca.pem")
  tokens_keys_url = "https://login.example.com/keys"
  tokens_issuer   = "https://login.example.com"
  tokens_audience = "kafka"
}
