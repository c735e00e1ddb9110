resource "penstock_cluster" "orders" {
  name                = "orders"
  tenant_id           = penstock_tenant.shop.id
  fleet_id            = penstock_fleet.shared.id
  bucket_id           = penstock_bucket.eu.id
  latency_profile     = "BALANCED"
  deletion_protection = true
  timeouts            = { create = "5m" }
}
