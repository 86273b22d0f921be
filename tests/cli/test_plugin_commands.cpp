// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "core/plugins/faulty_plugin.h"
#include "support/test_main.h"

#include <QDir>
#include <QTest>

using namespace carma::test;

/// Plugins through the built program.
class TestPluginCommands : public QObject {
    Q_OBJECT

private:
    static Outcome run(Workplace& place, const FaultyPlugin& plugin, const QStringList& arguments)
    {
        place.set("CARMA_PLUGIN_PATH", QString::fromStdString(plugin.file("..")));
        return place.run(QStringList{"plugins"} + arguments);
    }

private slots:
    void listShowsWhatThereIsAndWhatIsWrong()
    {
        Workplace place;
        const FaultyPlugin good;
        const Outcome listed = run(place, good, {"list", "--json"});
        COMPARE_EXIT(listed, 0);
        QVERIFY(listed.array().size() >= 1);
        QJsonObject faulty;
        for (const auto& each : listed.array()) {
            faulty = each.toObject().value("name") == "faulty" ? each.toObject() : faulty;
        }
        QCOMPARE(faulty.value("kind"), QJsonValue("embedder"));
        QCOMPARE(faulty.value("dimension"), QJsonValue(8));
        QCOMPARE(faulty.value("problem"), QJsonValue(""));
        const FaultyPlugin bad("plain", "[");
        const Outcome text = run(place, bad, {"list"});
        COMPARE_EXIT(text, 0);
        QVERIFY(text.out.contains("plugin.json is not JSON"));
    }

    void infoShowsSettings()
    {
        Workplace place;
        const FaultyPlugin plugin;
        const Outcome info = run(place, plugin, {"info", "faulty"});
        COMPARE_EXIT(info, 0);
        QVERIFY(info.out.contains("what goes wrong"));
        COMPARE_EXIT(run(place, plugin, {"info", "nothing"}), 3);
        const QJsonObject usual = run(place, plugin, {"info", "faulty", "--json"}).object().value("run").toObject();
        QCOMPARE(usual.value("trusted"), QJsonValue(false));
        QCOMPARE(usual.value("on_failure"), QJsonValue("stop"));
        place.set("XDG_CONFIG_HOME", place.path("config"));
        QVERIFY(QDir().mkpath(place.path("config/carma")));
        place.write("config/carma/plugins.json", R"({"faulty": {"run": {"on_failure": "wait", "timeout_ms": 1500, "memory_mb": 512}}})");
        const QJsonObject chosen = run(place, plugin, {"info", "faulty", "--trust", "faulty", "--json"}).object().value("run").toObject();
        QCOMPARE(chosen.value("trusted"), QJsonValue(true));
        QCOMPARE(chosen.value("on_failure"), QJsonValue("wait"));
        QCOMPARE(chosen.value("timeout_ms"), QJsonValue(1500));
        QCOMPARE(chosen.value("memory_bytes"), QJsonValue(512 << 20));
    }

    void testTellsWhatIsWrong()
    {
        Workplace place;
        const FaultyPlugin plugin;
        const Outcome tested = run(place, plugin, {"test", "faulty", "--set", "fault=nan", "--json"});
        COMPARE_EXIT(tested, 1);
        QCOMPARE(tested.object().value("passed"), QJsonValue(false));
        QCOMPARE(tested.object().value("identity"), QJsonValue("faulty:faulty"));
        QVERIFY(tested.out.contains("not finite"));
        const Outcome hung = run(place, plugin, {"test", "faulty", "--set", "fault=hang", "--timeout", "1s"});
        COMPARE_EXIT(hung, 1);
        QVERIFY(hung.out.contains("did not answer within 1000 ms"));
    }

    void wrongWordsAreRefused()
    {
        Workplace place;
        const FaultyPlugin plugin;
        COMPARE_EXIT(run(place, plugin, {}), 2);
        COMPARE_EXIT(run(place, plugin, {"dance"}), 2);
        COMPARE_EXIT(run(place, plugin, {"list", "more"}), 2);
        COMPARE_EXIT(run(place, plugin, {"test", "faulty", "--set", "fault"}), 2);
        COMPARE_EXIT(run(place, plugin, {"test", "faulty", "--timeout", "soon"}), 2);
        COMPARE_EXIT(run(place, plugin, {"test", "faulty", "--set", "colour=red"}), 2);
        COMPARE_EXIT(run(place, plugin, {"test", "nothing"}), 3);
    }
};

CARMA_TEST_CLASS(TestPluginCommands, "test_plugin_commands")

#include "test_plugin_commands.moc"
