// centrifuge, the library that Centrifugo is built on: one Publish a message, its JSON protocol over WebSocket.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/centrifugal/centrifuge"
)

func main() {
	node, err := centrifuge.New(centrifuge.Config{})
	if err != nil {
		log.Fatal(err)
	}
	node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{Credentials: &centrifuge.Credentials{UserID: "bench"}}, nil
	})
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnSubscribe(func(_ centrifuge.SubscribeEvent, done centrifuge.SubscribeCallback) {
			done(centrifuge.SubscribeReply{}, nil)
		})
	})
	if err := node.Run(); err != nil {
		log.Fatal(err)
	}
	http.Handle("/connection/websocket", centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		CheckOrigin: func(*http.Request) bool { return true },
	}))
	http.HandleFunc("/publish", func(w http.ResponseWriter, r *http.Request) { publish(node, w, r) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("{\"port\":%d}\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, nil))
}

func publish(node *centrifuge.Node, w http.ResponseWriter, r *http.Request) {
	rate, _ := strconv.Atoi(r.URL.Query().Get("rate"))
	count, _ := strconv.Atoi(r.URL.Query().Get("count"))
	start := time.Now()
	for seq := 1; seq <= count; seq++ {
		time.Sleep(time.Until(start.Add(time.Duration(seq-1) * time.Second / time.Duration(rate))))
		head := fmt.Sprintf(`{"kind":"message","seq":%d,"t":%d,"sender":"bench","content":"`, seq, time.Now().UnixMicro())
		body := head + strings.Repeat("x", 220-len(head)-2) + `"}`
		if _, err := node.Publish("chat", []byte(body)); err != nil {
			log.Print(err)
		}
	}
	fmt.Fprintln(w, "published")
}
