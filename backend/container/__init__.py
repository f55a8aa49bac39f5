"""What only the containers of docker-compose.yml need: see Dockerfile."""
