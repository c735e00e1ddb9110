resource "penstock_service_account" "billing" {
  name        = "billing"
  tenant_id   = penstock_tenant.shop.id
  description = "Reads payments, writes invoices."
}
