data "penstock_connection" "orders" {
  cluster_id = penstock_cluster.orders.id
  client     = "spring"
}
