// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/pictures.h"

#include "app/theme.h"
#include "frame/command_palette.h"
#include "frame/create_wizard.h"
#include "frame/help_window.h"
#include "frame/main_window.h"
#include "frame/picture_samples.h"
#include "frame/profile_dialog.h"
#include "frame/tour.h"
#include "frame/unlock_dialog.h"
#include "graph/graph_page.h"
#include "graph/graph_view.h"
#include "pages/drill_pane.h"
#include "pages/healing_page.h"
#include "pages/hypotheses_pane.h"

#include <carma/clock.h>

#include <QApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace carma::gui {

namespace {

constexpr int kStepMs = 60000;
constexpr int kSettleMs = 700;

void letPass(int milliseconds)
{
    QDeadlineTimer until(milliseconds);
    while (!until.hasExpired()) {
        QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
    }
}

bool waitFor(const std::function<bool()>& condition)
{
    QDeadlineTimer until(kStepMs);
    while (!condition() && !until.hasExpired()) {
        letPass(20);
    }
    return condition();
}

/// One flipped bit in each of a few sectors of two folders, and one folder gone: what redundancy of the sample store repairs.
void damage(const QString& store)
{
    QDir segments(store + "/shards/1");
    for (const QString& name : segments.entryList({"*.shard"}, QDir::Files)) {
        QFile file(segments.filePath(name));
        if (file.open(QIODevice::ReadWrite)) {
            for (const qint64 sector : {3, 4, 11, 17}) {
                file.seek(sector * 4096 + 100);
                char byte = 0;
                file.getChar(&byte);
                file.seek(sector * 4096 + 100);
                file.putChar(static_cast<char>(byte ^ 1));
            }
        }
    }
    QDir(store + "/shards/4").removeRecursively();
}

class Painter {
public:
    Painter(QString folder, MainWindow& window) : m_folder(std::move(folder)), m_window(window) {}
    bool save(QWidget& widget, const QString& name)
    {
        letPass(kSettleMs);
        const QString path = m_folder + '/' + name + ".png";
        const bool saved = widget.grab().toImage().convertToFormat(QImage::Format_RGB888).save(path, "PNG", 0);
        if (!saved) {
            std::fprintf(stderr, "carma-workstation: %s cannot be written\n", qPrintable(path));
        }
        return saved;
    }
    bool page(const QString& id, const QString& name, const QString& detail = {})
    {
        m_window.goTo(id, detail);
        return save(m_window, name);
    }
    /// Fills the sample store with what the pages about keys and money show.
    bool fill()
    {
        std::optional<Result<void>> filled;
        m_window.session().ask(
            &m_window, [](Store& store) { return fillSamples(store, systemClock().wallTimeUs()); },
            [&filled](const Result<void>& done) { filled = done; });
        (void)waitFor([&filled] { return filled.has_value(); });
        if (!filled || !*filled) {
            std::fprintf(stderr, "carma-workstation: the samples: %s\n", filled ? filled->error().message.c_str() : "no answer");
            return false;
        }
        return true;
    }
    bool drill()
    {
        m_window.goTo("healing", "drill");
        m_window.findChild<DrillPane*>()->drill();
        return jobsEnd() && page("healing", "healing-drill", "drill");
    }
    /// One folder more than redundancy allows, and what can be said of what is lost with it.
    bool lose()
    {
        constexpr std::size_t kGuesses = 8;
        for (const char* folder : {"0", "2", "5"}) {
            QDir(m_window.session().path() + "/shards/" + folder).removeRecursively();
        }
        m_window.findChild<HealingPage*>()->heal();
        if (!jobsEnd()) {
            return false;
        }
        m_window.findChild<HypothesesPane*>()->look(kGuesses);
        return jobsEnd() && page("healing", "healing-hypotheses", "hypotheses");
    }
    /// The whole graph, and the document with the most passages from near by.
    bool graph(const QString& name)
    {
        auto* page = m_window.findChild<GraphPage*>();
        m_window.goTo("graph");
        const bool rest = waitFor([page] { return page->isAtRest(); });
        const auto documents = page->graph().documents();
        const auto larger = [page](NodeIndex a, NodeIndex b) { return page->graph().node(a).passages < page->graph().node(b).passages; };
        const auto largest = std::ranges::max_element(documents, larger);
        if (!rest || largest == documents.end() || !save(m_window, name)) {
            return false;
        }
        page->pick(*largest);
        page->view().goTo(*largest);
        return waitFor([page] { return page->isAtRest(); }) && save(m_window, name + "-near");
    }
    bool jobsEnd()
    {
        return waitFor([this] { return m_window.session().jobs().running() == 0; });
    }

private:
    QString m_folder;
    MainWindow& m_window;
};

} // namespace

bool drawPictures(const QString& folder, Theme theme)
{
    QDir().mkpath(folder);
    const QTemporaryDir own;
    SettingsFile file(own.filePath("settings.ini"));
    Settings settings;
    settings.theme = theme;
    file.save(settings);
    MainWindow window(file);
    window.resize(1240, 780);
    window.show();
    Painter painter(folder, window);
    bool ok = painter.save(window, "start");
    bool ready = false;
    QObject::connect(&window.tour(), &Tour::ready, &window, [&ready] { ready = true; });
    window.tour().makeStore();
    if (!waitFor([&ready] { return ready; })) {
        std::fprintf(stderr, "carma-workstation: the sample store could not be made\n");
        return false;
    }
    ok = painter.page("overview", "overview") && ok;
    ok = painter.page("memory", "memory-documents") && ok;
    ok = painter.page("memory", "memory", "where is the spare key kept") && ok;
    ok = painter.fill() && painter.page("keys", "keys") && ok;
    window.goTo("billing");
    ok = painter.page("billing", "billing-usage", "usage") && painter.page("billing", "billing-invoices", "invoices") && ok;
    ok = painter.page("billing", "billing-plans", "plans") && ok;
    window.goTo("audit", "verify");
    ok = painter.jobsEnd() && painter.page("audit", "audit") && ok;
    ok = painter.graph("graph") && ok;
    damage(window.session().path());
    auto* healing = window.findChild<HealingPage*>();
    window.goTo("healing");
    healing->scrub();
    ok = painter.jobsEnd() && painter.page("healing", "healing-damaged") && painter.page("overview", "overview-damaged") && ok;
    healing->heal();
    ok = painter.jobsEnd() && painter.page("healing", "healing") && ok;
    ok = painter.drill() && painter.lose() && ok;
    ok = painter.page("healing", "healing-beacon", "beacon") && ok;
    ok = painter.page("settings", "settings") && painter.page("shortcuts", "shortcuts") && ok;
    const QString store = window.session().path();
    window.settings().keepProfile({store, "Town library", {}, false, true});
    window.settingsChanged();
    ok = painter.page("overview", "overview-production") && ok;
    window.tell(explain({ErrorCode::NoSpace, "shards/2/tail-0000000001.log: no space left on the device"}, Intent::Work));
    ok = painter.page("memory", "problem") && ok;
    ProfileDialog profile(window.settings().profileOf(store), &window);
    profile.show();
    ok = painter.save(profile, "profile") && ok;
    profile.hide();
    HelpWindow help(window, &window);
    help.showPage("healing");
    help.show();
    ok = painter.save(help, "help") && ok;
    help.hide();
    CommandPalette palette(window.commands(), &window);
    palette.show();
    ok = painter.save(palette, "palette") && ok;
    palette.hide();
    UnlockDialog unlock(window.session(), window.session().path(), &window);
    unlock.show();
    unlock.problems()->show(explain({ErrorCode::WrongKey, "the passphrase does not open the store"}, Intent::OpenWithPassphrase));
    ok = painter.save(unlock, "unlock") && ok;
    unlock.hide();
    CreateWizard wizard(window.session(), &window);
    wizard.show();
    ok = painter.save(wizard, "create") && ok;
    wizard.hide();
    return ok;
}

} // namespace carma::gui
