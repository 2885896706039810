module github.com/nexus-attest/nexus-attest/examples/go

go 1.24.0

replace github.com/nexus-attest/nexus-attest/clients/go => ../../clients/go

replace github.com/nexus-attest/nexus-attest/gen/go => ../../gen/go

require (
	github.com/nexus-attest/nexus-attest/clients/go v0.1.0
	github.com/nexus-attest/nexus-attest/gen/go v0.1.0
)

require (
	golang.org/x/net v0.42.0 // indirect
	golang.org/x/sys v0.34.0 // indirect
	golang.org/x/text v0.27.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20250804133106-a7a43d27e69b // indirect
	google.golang.org/grpc v1.76.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)
