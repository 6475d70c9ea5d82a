# imgloom in a container: docs/install.md. The first stage builds the package, for the suite of both.
FROM debian:trixie AS build
COPY . /imgloom
RUN /imgloom/scripts/package && mv /imgloom/build/package/*.deb /imgloom.deb

FROM debian:trixie-slim
COPY --from=build /imgloom.deb /
RUN apt-get update && \
    apt-get install -y --no-install-recommends /imgloom.deb libheif-plugin-aomenc && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /imgloom.deb
WORKDIR /data
ENTRYPOINT ["imgloom"]
