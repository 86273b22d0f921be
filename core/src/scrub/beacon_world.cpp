// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/beacon.h>

#include <charconv>
#include <condition_variable>
#include <ctime>
#include <fstream>
#include <mutex>
#include <string>

namespace carma {

namespace {

class SystemWorld final : public BeaconWorld {
public:
    Clock& clock() override { return systemClock(); }

    void rest(std::int64_t microseconds, const std::stop_token& stop) override
    {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        changed.wait_for(lock, stop, std::chrono::microseconds(microseconds), [] { return false; });
    }

    /// Linux pressure stall information (Documentation/accounting/psi.rst): "some avg10=0.12 avg60=..."
    double ioStall() override
    {
        std::ifstream file("/proc/pressure/io");
        std::string line;
        constexpr std::string_view kBefore = "avg10=";
        if (!std::getline(file, line)) {
            return 0;
        }
        const std::size_t at = line.find(kBefore);
        double percent = 0;
        if (at == std::string::npos ||
            std::from_chars(line.data() + at + kBefore.size(), line.data() + line.size(), percent).ec != std::errc{}) {
            return 0;
        }
        return percent;
    }

    std::int64_t utcOffsetSeconds(std::int64_t wallTimeUs) override
    {
        const auto seconds = static_cast<std::time_t>(wallTimeUs / 1'000'000);
        std::tm local{};
        return ::localtime_r(&seconds, &local) == nullptr ? 0 : local.tm_gmtoff;
    }
};

} // namespace

std::unique_ptr<BeaconWorld> systemBeaconWorld() { return std::make_unique<SystemWorld>(); }

} // namespace carma
