resource "penstock_tenant" "shop" {
  name   = "shop"
  labels = { cost_center = "4711" }
}
