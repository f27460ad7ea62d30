#!/bin/sh
# Fetches the Kafka release named in pom.xml, with everything it needs to run, and compiles the
# Java tools beside this script. Prints the folder that then holds libs/ and classes/.
#
# Done once: a stamp holds the checksum of all inputs. Exit 77 and a SKIPPED line on stderr where
# the machine has no Java or Maven or Kafka cannot be fetched; in CI (CI=true) that is a failure.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/pom.xml")
home="$root/.cache/kafka/$version"
inputs=$(cat "$here/pom.xml" "$here"/*.java "$here/fetch.sh" | cksum)

skip() {
  echo "SKIPPED: $1" >&2
  if [ "${CI:-}" = true ]; then exit 1; fi
  exit 77
}

command -v java >/dev/null 2>&1 || skip 'a real Kafka needs Java, and there is no java on this machine'

if [ "$(cat "$home/stamp" 2>/dev/null || true)" != "$inputs" ]; then
  command -v javac >/dev/null 2>&1 || skip 'the Kafka tools need javac (a JDK), and there is none on this machine'
  command -v mvn >/dev/null 2>&1 || skip 'Kafka is fetched with Maven, and there is no mvn on this machine'
  rm -rf "$home"
  mkdir -p "$home/classes"
  log="$home/fetch.log"
  mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$home/libs" >"$log" 2>&1 ||
    { sed -n '1,5p' "$log" >&2; skip "Maven could not fetch Kafka $version (all of it in $log)"; }
  javac -Xlint:all,-processing,-classfile -Werror -cp "$home/libs/*" -d "$home/classes" "$here"/*.java
  echo "$inputs" >"$home/stamp.tmp"
  mv "$home/stamp.tmp" "$home/stamp"
fi
echo "$home"
