// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

func freePort(t *testing.T) int {
	t.Helper()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer probe.Close()
	return probe.Addr().(*net.TCPAddr).Port
}

// freeBlock is the first of the ports of two clusters, below those that outgoing connections get.
func freeBlock(t *testing.T) int {
	t.Helper()
	for range 100 {
		first := 15_000 + rand.IntN(17_000)
		if allFree(first, 10) && allFree(first+100, 10) {
			return first
		}
	}
	t.Fatal("no free ports in a row")
	return 0
}

func allFree(first, count int) bool {
	for port := first; port < first+count; port++ {
		probe, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return false
		}
		_ = probe.Close()
	}
	return true
}
