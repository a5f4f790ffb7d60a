package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// ailing is how long something may be late or fail before all is not well.
const ailing = 10 * time.Minute

// keepAlive calls the dead man's switch while all is well, until ctx ends.
// Whoever watches it hears from nobody when this server, its database or its
// roads are down, which is when no notice can be sent.
func (a *App) keepAlive(ctx context.Context) {
	if a.roads.heartbeat == "" {
		return
	}
	tick := time.NewTicker(a.config.HeartbeatEvery)
	defer tick.Stop()
	said := ""
	for ctx.Err() == nil {
		// A little less than a tick, so that a turn never falls between two.
		a.turn(ctx, "heartbeat", a.config.HeartbeatEvery*9/10, func(ctx context.Context) error {
			why, err := a.ailments(ctx)
			if err == nil && len(why) == 0 {
				err = a.callHeartbeat(ctx)
			}
			if now := strings.Join(why, "; "); now != said {
				said = now
				if now == "" {
					a.log.Info("all is well again; the heartbeat goes on")
				} else {
					a.log.Warn("the heartbeat is not called, because not all is well", "why", now)
				}
			}
			return err
		})
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// callHeartbeat calls the switch. An error holds no address, whose path is
// what keeps others from calling it.
func (a *App) callHeartbeat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.roads.heartbeat.Reveal(), nil)
	if err != nil {
		return errors.New("the heartbeat's address cannot be called")
	}
	resp, err := a.guarded.Do(req)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return fmt.Errorf("call the heartbeat: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("the heartbeat's address answered %s", resp.Status)
	}
	return nil
}

// ailments says what is not well, each in words without a name in them: who
// may ask for it is not known. That the database cannot be read is an error.
func (a *App) ailments(ctx context.Context) (list []string, err error) {
	now := a.clock.Real()
	err = a.store.View(ctx, func(tx *store.Tx) error {
		list = nil
		left, err := tx.LeftLanes(now.Add(-ailing))
		if err != nil {
			return err
		}
		list = saying(list, len(left), "lane with work has been worked by nobody for ten minutes", "lanes with work have been worked by nobody for ten minutes")
		lines, err := tx.EachConnection()
		if err != nil {
			return err
		}
		broken := 0
		for _, c := range lines {
			if c.Health == stanna.Broken {
				broken++
			}
		}
		list = saying(list, broken, "connection to Slack is broken", "connections to Slack are broken")
		accounts, err := tx.EachStripe()
		if err != nil {
			return err
		}
		broken = 0
		for _, x := range accounts {
			if x.Health == stanna.Broken {
				broken++
			}
		}
		list = saying(list, broken, "connection to Stripe is broken", "connections to Stripe are broken")
		endpoints, err := tx.AilingEndpoints()
		if err != nil {
			return err
		}
		mute := 0
		for _, e := range endpoints {
			if slices.ContainsFunc(e.Types, stanna.EventType.Notice) && (e.Paused != "" || now.Sub(e.FailingSince) > ailing) {
				mute++
			}
		}
		list = saying(list, mute, "endpoint for notices takes none", "endpoints for notices take none")
		return nil
	})
	return list, err
}

func saying(list []string, n int, one, many string) []string {
	switch n {
	case 0:
		return list
	case 1:
		return append(list, "1 "+one)
	}
	return append(list, fmt.Sprintf("%d %s", n, many))
}
