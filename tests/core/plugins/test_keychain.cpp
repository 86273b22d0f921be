// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/keychain.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QTest>

#include <filesystem>
#include <fstream>
#include <thread>

using namespace carma;
using namespace carma::plugins;
using namespace carma::test;

/// Secrets of plugins, from a keychain that is a script.
class TestKeychain : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;

    /// Makes secret-tool of that shell script.
    void tool(const std::string& script)
    {
        const std::string path = m_folder / "secret-tool";
        std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        qputenv("CARMA_SECRET_TOOL", QByteArray::fromStdString(path));
    }

private slots:
    void cleanup()
    {
        qunsetenv("CARMA_SECRET_TOOL");
        qunsetenv("DBUS_SESSION_BUS_ADDRESS");
    }

    void givesWhatIsThere()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/somewhere");
        qputenv("CARMA_TEST_NOISE", "noise");
        tool("[ \"$*\" = 'lookup service carma key mine' ] && echo \"$DBUS_SESSION_BUS_ADDRESS$CARMA_TEST_NOISE\"");
        const auto secret = readKeychain("mine", {});
        VERIFY_OK(secret);
        QVERIFY(secret->equals(asBytes("unix:path=/somewhere"))); // the session's variables and no others
        COMPARE_ERROR(readKeychain("another", {}), ErrorCode::NotFound);
    }

    void tellsWhatIsWrong()
    {
        const auto says = [](const std::string& what) {
            const auto secret = readKeychain("mine", {});
            QVERIFY(!secret.has_value());
            QVERIFY2(secret.error().message.find(what) != std::string::npos, secret.error().message.c_str());
        };
        tool("exit 1");
        says("secret-tool store --label='carma mine' service carma key mine");
        tool("echo half-a-key; exit 1");
        says("none of that name or stays locked");
        tool("head -c 1000000 /dev/zero");
        says("more than 4096 bytes");
        qputenv("CARMA_SECRET_TOOL", "/nonexistent");
        says("libsecret-tools");
    }

    void isFoundOnThePath()
    {
        tool("printf found");
        qunsetenv("CARMA_SECRET_TOOL");
        const QByteArray before = qgetenv("PATH");
        qputenv("PATH", QByteArray::fromStdString("relative:" + m_folder.path() + ":") + before);
        const auto secret = readKeychain("mine", {});
        qputenv("PATH", before);
        VERIFY_OK(secret);
        QVERIFY(secret->equals(asBytes("found")));
    }

    void canBeStopped()
    {
        tool("exec sleep 60");
        std::stop_source stop;
        std::jthread stopper([&] { stop.request_stop(); });
        COMPARE_ERROR(readKeychain("mine", stop.get_token()), ErrorCode::Cancelled);
    }

    void onlySecretsAreLookedUp()
    {
        tool("printf secret");
        Chosen chosen;
        chosen.plugin.settings = {
            {"url", SettingType::Text, {}, {}}, {"key", SettingType::Secret, {}, {}}, {"other", SettingType::Secret, {}, {}}};
        chosen.settings = {{"url", "mine"}, {"key", "mine"}, {"other", ""}};
        const auto revealed = Revealed::of(chosen, {});
        VERIFY_OK(revealed);
        QCOMPARE(revealed->settings(), (Settings{{"url", "mine"}, {"key", "secret"}, {"other", ""}}));
        tool("printf 'a\\000b'");
        COMPARE_ERROR(Revealed::of(chosen, {}), ErrorCode::InvalidArgument);
    }
};

CARMA_TEST_CLASS(TestKeychain, "test_keychain")

#include "test_keychain.moc"
