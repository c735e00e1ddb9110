resource "penstock_access" "billing_reads" {
  cluster_id   = penstock_cluster.orders.id
  principal    = penstock_service_account.billing.principal
  role         = "CONSUMER"
  topic        = "payments"
  group_prefix = "billing-"
}

resource "penstock_access" "billing_writes" {
  cluster_id   = penstock_cluster.orders.id
  principal    = penstock_service_account.billing.principal
  role         = "PRODUCER"
  topic_prefix = "invoices."
}
