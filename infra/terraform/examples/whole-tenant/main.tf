# A tenant with everything that is its own: bucket, fleet, cluster, topics, accounts, access.
terraform {
  required_version = ">= 1.11"
  required_providers {
    penstock = {
      source = "penstock-io/penstock"
    }
  }
}

variable "name" {
  type    = string
  default = "payments"
}

variable "bucket_uri" {
  type        = string
  description = "Where the records go; provider::penstock::s3_uri writes one for S3."
}

variable "topics" {
  type    = number
  default = 50
}

variable "rotation" {
  type        = string
  description = "Another value rotates the consumer's credential."
  default     = "first"
}

resource "penstock_tenant" "this" {
  name        = var.name
  description = "Everything about ${var.name}."
  labels      = { team = var.name }
}

resource "penstock_bucket" "this" {
  name = var.name
  uri  = var.bucket_uri
}

resource "penstock_fleet" "this" {
  name            = var.name
  desired_brokers = 1
}

resource "penstock_cluster" "this" {
  name            = var.name
  tenant_id       = penstock_tenant.this.id
  fleet_id        = penstock_fleet.this.id
  bucket_id       = penstock_bucket.this.id
  latency_profile = "FAST"
  shards          = 4
  labels          = { team = var.name }
  timeouts        = { create = "5m" }
}

resource "penstock_topic" "events" {
  count      = var.topics
  cluster_id = penstock_cluster.this.id
  name       = format("events.%02d", count.index)
  partitions = 2
  config = {
    "retention.ms"   = 604800000
    "cleanup.policy" = "delete"
  }
}

resource "penstock_service_account" "writer" {
  name        = "writer"
  tenant_id   = penstock_tenant.this.id
  description = "Writes events."
}

resource "penstock_service_account" "reader" {
  name      = "reader"
  tenant_id = penstock_tenant.this.id
}

resource "penstock_credential" "writer" {
  cluster_id         = penstock_cluster.this.id
  service_account_id = penstock_service_account.writer.id
}

resource "penstock_credential" "reader" {
  cluster_id         = penstock_cluster.this.id
  service_account_id = penstock_service_account.reader.id
  rotation_trigger   = { rotation = var.rotation }
  rotation_overlap   = "1h"
}

resource "penstock_access" "writer" {
  cluster_id              = penstock_cluster.this.id
  principal               = penstock_service_account.writer.principal
  role                    = "PRODUCER"
  topic_prefix            = "events."
  transactional_id_prefix = "events-"
}

resource "penstock_access" "reader" {
  cluster_id   = penstock_cluster.this.id
  principal    = penstock_service_account.reader.principal
  role         = "CONSUMER"
  topic_prefix = "events."
  group_prefix = "reports-"
}

resource "penstock_acl" "no_deletion" {
  cluster_id    = penstock_cluster.this.id
  principal     = "User:*"
  resource_type = "TOPIC"
  resource_name = "events."
  pattern_type  = "PREFIXED"
  operation     = "DELETE"
  permission    = "DENY"
}

resource "penstock_quota" "reader" {
  cluster_id        = penstock_cluster.this.id
  principal         = penstock_service_account.reader.principal
  fetch_bytes_per_s = 50 * 1024 * 1024
}

resource "penstock_api_key" "developers" {
  name      = "${var.name}-developers"
  tenant_id = penstock_tenant.this.id
  role      = "DEVELOPER"
}

data "penstock_connection" "java" {
  cluster_id = penstock_cluster.this.id
  client     = "java"
}

output "bootstrap_servers" {
  value = penstock_cluster.this.bootstrap_servers
}

output "java" {
  value = data.penstock_connection.java.snippet
}
