resource "penstock_api_key" "ci" {
  name       = "ci"
  tenant_id  = penstock_tenant.shop.id
  role       = "DEVELOPER"
  expires_at = "2030-01-01T00:00:00Z"
}
