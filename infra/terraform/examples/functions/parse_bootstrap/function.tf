output "first_host" {
  value = provider::penstock::parse_bootstrap(penstock_cluster.orders.bootstrap_servers)[0].host
}
