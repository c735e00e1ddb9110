# A secret that the service draws, replaced every 90 days; the one before works on for a day.
resource "time_rotating" "quarter" {
  rotation_days = 90
}

resource "penstock_credential" "billing" {
  cluster_id         = penstock_cluster.orders.id
  service_account_id = penstock_service_account.billing.id
  rotation_trigger   = { quarter = time_rotating.quarter.id }
  rotation_overlap   = "24h"
}

# A secret of one's own, which no state holds.
variable "secret" {
  type      = string
  ephemeral = true
}

resource "penstock_credential" "reports" {
  cluster_id         = penstock_cluster.orders.id
  service_account_id = penstock_service_account.reports.id
  secret_wo          = var.secret
  secret_wo_version  = 1
}
