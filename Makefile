# The front door: make, make demo, make test. The work is done by CMake and the .NET SDK.
# SPDX-License-Identifier: Apache-2.0
MAKEFLAGS += --no-print-directory
BUILD := build
JOBS := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
DOTNET_BUILD := DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 dotnet build -c Release -v quiet -clp:NoSummary

.PHONY: all native agent sample demo test sweep stress tsan bench fuzz release package test-platforms clean format check-tools

all: native agent

check-tools:
	@command -v cmake >/dev/null || { echo "make: cmake is missing (Debian: apt-get install cmake)" >&2; exit 1; }
	@command -v $(firstword $(CC)) >/dev/null || { echo "make: a C compiler is missing (Debian: apt-get install gcc)" >&2; exit 1; }
	@command -v dotnet >/dev/null || { echo "make: the .NET SDK is missing (https://dot.net/download)" >&2; exit 1; }

native: check-tools
	@cmake --preset release >$(BUILD).log 2>&1 || { cat $(BUILD).log; rm -f $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log
	@cmake --build --preset release -j$(JOBS)

agent: check-tools
	@$(DOTNET_BUILD) managed/agent -o $(BUILD)/agent

sample: check-tools
	@$(DOTNET_BUILD) managed/samples/Shop -o $(BUILD)/samples/Shop

demo: all sample
	@$(BUILD)/nrprof trace -o $(BUILD)/demo --top 20 -- dotnet $(BUILD)/samples/Shop/Shop.dll

test: all sample
	@tests/run.sh $(BUILD)

sweep: native
	@tests/sweep/sweep.sh $(CURDIR)/$(BUILD)

stress: all
	@tests/stress/stress.sh $(BUILD)

bench: all
	@tests/bench/bench.sh $(BUILD)

# Unit tests under ThreadSanitizer.
tsan:
	@cmake --preset tsan >/dev/null && cmake --build --preset tsan -j$(JOBS) --target unit-tests >/dev/null
	@$(BUILD)/tsan/tests/unit-tests

fuzz:
	@tests/fuzz/fuzz.sh $(BUILD)/fuzz

release:
	@cmake/release.sh

package: release agent
	@packaging/package.sh $(BUILD)/agent

test-platforms: agent
	@tests/platforms/platforms.sh $(BUILD)

clean:
	rm -rf $(BUILD) dist

format:
	clang-format -i $$(git ls-files '*.c' '*.h')
