package queue_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a queue leaves a goroutine behind.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"))
}
