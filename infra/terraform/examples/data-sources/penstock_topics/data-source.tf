data "penstock_topics" "invoices" {
  cluster_id = data.penstock_cluster.orders.id
  prefix     = "invoices."
}
