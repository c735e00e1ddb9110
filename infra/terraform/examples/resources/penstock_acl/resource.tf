resource "penstock_acl" "no_deletion" {
  cluster_id    = penstock_cluster.orders.id
  principal     = "User:*"
  resource_type = "TOPIC"
  resource_name = "payments"
  operation     = "DELETE"
  permission    = "DENY"
}
