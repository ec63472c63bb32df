// Chat over STOMP on a WebSocket. Arguments: the server, what to say.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/url"
	"os"
	"strings"

	"github.com/coder/websocket"
	"github.com/go-stomp/stomp/v3"
)

type event struct {
	Kind, Sender, Content, Code, Message string
}

func main() {
	server, text := argument(1, "http://localhost:8080"), argument(2, "hello from Go")
	address, err := url.Parse(server)
	check(err)
	ctx := context.Background()
	socket, _, err := websocket.Dial(ctx, strings.Replace(server, "http", "ws", 1)+"/ws-endpoint",
		&websocket.DialOptions{Subprotocols: []string{"v12.stomp"}})
	check(err)
	socket.SetReadLimit(1 << 20)
	connection, err := stomp.Connect(websocket.NetConn(ctx, socket, websocket.MessageText),
		stomp.ConnOpt.Host(address.Hostname()), stomp.ConnOpt.Login("Go", ""))
	check(err)

	errors, err := connection.Subscribe("/user/queue/errors", stomp.AckAuto)
	check(err)
	// From the first message on; `after` is the seq of the last one that is known.
	chat, err := connection.Subscribe("/topic/chat", stomp.AckAuto, stomp.SubscribeOpt.Header("after", "0"))
	check(err)
	body, err := json.Marshal(map[string]string{"content": text})
	check(err)
	// Returns when the server says that it is stored.
	go func() {
		check(connection.Send("/app/chat", "application/json", body, stomp.SendOpt.Receipt))
		fmt.Println("stored")
	}()
	for {
		select {
		case message := <-chat.C:
			said := read(message)
			fmt.Printf("%s: %s\n", said.Sender, said.Content)
		case message := <-errors.C:
			refused := read(message)
			fmt.Printf("not taken: %s %s\n", refused.Code, refused.Message)
		}
	}
}

func read(message *stomp.Message) event {
	if message == nil {
		log.Fatal("the connection ended")
	}
	check(message.Err)
	var said event
	check(json.Unmarshal(message.Body, &said))
	return said
}

func argument(number int, otherwise string) string {
	if len(os.Args) > number {
		return os.Args[number]
	}
	return otherwise
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
