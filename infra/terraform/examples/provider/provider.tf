terraform {
  required_providers {
    penstock = {
      source = "penstock-io/penstock"
    }
  }
}

# PENSTOCK_ENDPOINT and PENSTOCK_API_KEY say the same.
provider "penstock" {
  endpoint = "http://127.0.0.1:8080"
}
