resource "penstock_topic" "payments" {
  cluster_id = penstock_cluster.orders.id
  name       = "payments"
  partitions = 12
  config = {
    "retention.ms"   = 7 * 24 * 60 * 60 * 1000
    "cleanup.policy" = "delete"
  }
}
