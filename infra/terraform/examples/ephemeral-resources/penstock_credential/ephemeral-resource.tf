ephemeral "penstock_credential" "run" {
  cluster_id         = penstock_cluster.orders.id
  service_account_id = penstock_service_account.billing.id
  lifetime           = "15m"
}
