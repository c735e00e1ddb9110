resource "penstock_fleet" "shared" {
  name            = "shared"
  desired_brokers = 3
}
