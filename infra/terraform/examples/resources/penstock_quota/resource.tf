resource "penstock_quota" "billing" {
  cluster_id          = penstock_cluster.orders.id
  principal           = penstock_service_account.billing.principal
  produce_bytes_per_s = 10 * 1024 * 1024
  fetch_bytes_per_s   = 50 * 1024 * 1024
}
