data "penstock_cluster" "orders" {
  name = "orders"
}
