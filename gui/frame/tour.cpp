// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/tour.h"

#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"

#include <QDir>
#include <QHBoxLayout>
#include <QTemporaryDir>
#include <QVBoxLayout>

#include <utility>

namespace carma::gui {

namespace {

struct Step {
    const char *page, *title, *words;
};

constexpr Step kSteps[] = {
    {"overview", QT_TRANSLATE_NOOP("carma::gui::Tour", "1 of 4: how the store is"),
        QT_TRANSLATE_NOOP(
            "carma::gui::Tour", "68 documents of a small town were just put into a temporary store. Each figure leads to its cause.")},
    {"memory", QT_TRANSLATE_NOOP("carma::gui::Tour", "2 of 4: what is in it"),
        QT_TRANSLATE_NOOP(
            "carma::gui::Tour", "Type a question into the line at the top. Pick a hit to see where it stands and why it was found.")},
    {"healing", QT_TRANSLATE_NOOP("carma::gui::Tour", "3 of 4: how it stays whole"),
        QT_TRANSLATE_NOOP("carma::gui::Tour", "Scrub reads every sector of every shard folder. Heal repairs what redundancy allows.")},
    {"settings", QT_TRANSLATE_NOOP("carma::gui::Tour", "4 of 4: how you like it"),
        QT_TRANSLATE_NOOP(
            "carma::gui::Tour", "Theme, language and lock. Ctrl+K finds every command. The temporary store goes when the program ends.")},
};
constexpr int kStepsCount = static_cast<int>(std::size(kSteps));

} // namespace

Tour::Tour(Shell& shell, QWidget* parent)
    : QFrame(parent), m_shell(shell), m_title(heading({}, 1)), m_text(new QLabel), m_next(button(tr("Next")))
{
    setProperty("card", true);
    m_text->setWordWrap(true);
    auto* words = new QVBoxLayout;
    words->addWidget(m_title);
    words->addWidget(m_text);
    auto* end = button(tr("End the tour"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 10, 16, 10);
    row->setSpacing(kGap);
    row->addLayout(words, 1);
    row->addWidget(end);
    row->addWidget(m_next);
    connect(end, &QPushButton::clicked, this, &QWidget::hide);
    connect(m_next, &QPushButton::clicked, this, [this] { showStep(m_step + 1); });
    connect(&shell.session(), &StoreSession::opened, this, [this] {
        if (std::exchange(m_filling, false) && m_shell.session().path() == m_folder->filePath("sample-store")) {
            fill(); // no other store that was opened meanwhile
        }
    });
    hide();
}

Tour::~Tour() = default;

void Tour::begin()
{
    m_guided = true;
    makeStore();
}

void Tour::makeStore()
{
    const QString samples = text(resourceFolder()) + "/samples/corpus";
    auto folder = std::make_unique<QTemporaryDir>(QDir::tempPath() + "/carma-tour-XXXXXX");
    if (!QDir(samples).exists() || !folder->isValid()) {
        m_shell.tell(Problem{tr("The sample corpus is not there."), samples,
            tr("Install the program with its resources, or make a store of your own."), Remedy::CreateStore, tr("New store")});
        return;
    }
    m_shell.session().close();
    m_folder = std::move(folder);
    CreateRequest request;
    request.path = m_folder->filePath("sample-store");
    request.keyFile = m_folder->filePath("sample.key");
    m_shell.session().create(std::move(request), this, [this, path = m_folder->path()](Result<Created> created) {
        if (path != m_folder->path() || m_shell.session().isOpen() || m_shell.session().isOpening()) {
            return; // it was begun again, or the user went elsewhere
        }
        if (!created) {
            m_shell.tell(explain(created.error(), Intent::Create));
            return;
        }
        m_filling = true;
        OpenRequest open;
        open.path = m_folder->filePath("sample-store");
        open.keyFile = m_folder->filePath("sample.key");
        m_shell.session().open(std::move(open));
    });
}

void Tour::fill()
{
    const std::string corpus = resourceFolder() + "/samples/corpus";
    m_shell.session().start(
        this, tr("Putting the sample corpus in"),
        [corpus](Store& store, const Task& task) -> Result<IngestReport> {
            auto report = store.memory().ingest({corpus}, {}, task);
            if (const auto sealed = store.seal(); report && !sealed) {
                return sealed.error();
            }
            return report;
        },
        [this](const Result<IngestReport>& report) {
            if (!report) {
                m_shell.tell(explain(report.error(), Intent::Work));
                return QString();
            }
            emit ready();
            if (m_guided) {
                showStep(0);
            }
            return tr("%1 files").arg(report->files);
        });
}

void Tour::showStep(int step)
{
    m_step = step;
    setVisible(step < kStepsCount);
    if (step >= kStepsCount) {
        m_shell.goTo("overview");
        return;
    }
    const Step& now = kSteps[step];
    m_shell.goTo(now.page);
    m_title->setText(tr(now.title));
    m_text->setText(tr(now.words));
    m_next->setText(step + 1 == kStepsCount ? tr("Done") : tr("Next"));
    m_next->setFocus();
}

} // namespace carma::gui
