//go:build race

package mapping_test

const slowness = 20 // under the race detector
