// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/hypotheses_pane.h"

#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"
#include "frame/page.h"
#include "frame/widgets.h"
#include "pages/tables.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>
#include <cmath>

namespace carma::gui {

namespace {

QString documentOf(const Hypothesis& hypothesis)
{
    const DocumentSummary& document = hypothesis.lost.document;
    return oneLine(text(document.path.empty() ? document.title : document.path), 200);
}

QString shortStandingOf(const Hypothesis& hypothesis)
{
    if (hypothesis.isRejected) {
        return HypothesesPane::tr("rejected");
    }
    return hypothesis.fits && !hypothesis.isProven && !hypothesis.text.empty() ? HypothesesPane::tr("words certain")
                                                                               : standingOf(hypothesis);
}

QString confidenceOf(const Hypothesis& hypothesis)
{
    return hypothesis.text.empty() ? QString(QChar(0x2013)) : HypothesesPane::tr("%1 %").arg(std::lround(hypothesis.confidence * 100));
}

QIcon markOf(const Hypothesis& hypothesis)
{
    if (hypothesis.text.empty() || hypothesis.isRejected) {
        return symbolIcon(Symbol::Bad, tones().bad);
    }
    return hypothesis.isProven || hypothesis.fits ? symbolIcon(Symbol::Good, tones().good) : symbolIcon(Symbol::Warning, tones().warn);
}

} // namespace

QString standingOf(const Hypothesis& hypothesis)
{
    if (hypothesis.text.empty()) {
        return HypothesesPane::tr("unknown");
    }
    if (hypothesis.isRejected) {
        return HypothesesPane::tr("rejected: not offered again until there is new evidence");
    }
    return hypothesis.isProven ? HypothesesPane::tr("proven")
        : hypothesis.fits      ? HypothesesPane::tr("words certain, order guessed")
                               : HypothesesPane::tr("guessed");
}

HypothesesModel* makeHypothesesModel(QObject* parent)
{
    std::vector<RowsColumn<Hypothesis>> columns{
        {HypothesesPane::tr("Standing"), shortStandingOf, false, {}, markOf, standingOf},
        {HypothesesPane::tr("Confidence"), confidenceOf, true, [](const Hypothesis& each) { return QVariant(each.confidence); }},
        {HypothesesPane::tr("Document"), documentOf},
        {HypothesesPane::tr("Place"), [](const Hypothesis& each) { return oneLine(text(each.lost.place), 200); }},
        {HypothesesPane::tr("Guess"),
            [](const Hypothesis& each) { return oneLine(text(each.text.empty() ? each.problem : each.text), 300); }},
    };
    return new HypothesesModel(
        std::move(columns), [](const Hypothesis& each) { return toString(each.lost.id); }, parent);
}

HypothesesPane::HypothesesPane(Shell& shell, QWidget* parent)
    : QWidget(parent), m_shell(shell), m_model(makeHypothesesModel(this)),
      m_table(tableView(m_model, tr("Hypotheses"), {124, 84, 160, 120})), m_line(quiet({}))
{
    auto* find = button(tr("Look for hypotheses"));
    auto* first = button(tr("Look for hypotheses"));
    auto* list = new TableOrAdvice(m_table, m_model, tr("No hypotheses"),
        tr("The index still knows the words of passages whose bytes are gone. Looking takes about a second for each lost passage."), first);
    m_rejected = new QCheckBox(tr("Rejected ones, too"));
    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addWidget(m_line, 1);
    top->addWidget(m_rejected);
    top->addWidget(find);
    auto* split = new QSplitter;
    split->setChildrenCollapsible(false);
    split->setHandleWidth(kGap);
    split->addWidget(list);
    split->addWidget(buildDetails());
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({600, 380});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kGap, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(top);
    layout->addWidget(split, 1);
    connect(find, &QPushButton::clicked, this, [this] { look(); });
    connect(first, &QPushButton::clicked, this, [this] { look(); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &HypothesesPane::chosen);
    connect(m_model, &QAbstractItemModel::modelReset, this, &HypothesesPane::chosen);
    clear();
}

QWidget* HypothesesPane::buildDetails()
{
    m_place = heading({}, 1);
    m_place->setWordWrap(true);
    m_standing = quiet({});
    m_text = new QLabel;
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setFocusPolicy(Qt::NoFocus);
    m_evidence = quiet({});
    m_evidence->setAlignment(Qt::AlignTop);
    m_accept = button(tr("Keep as a new memory"));
    m_reject = button(tr("Reject"));
    m_reject->setToolTip(tr("Says that this did not stand there. It is audited, and not offered again until there is new evidence."));
    m_accept->setToolTip(tr("It says in its title and its tag what it is. The lost passage stays lost."));
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(m_text);
    column->addWidget(m_evidence, 1);
    auto* scroll = named(new QScrollArea, tr("The hypothesis and its evidence"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(inner);
    scroll->viewport()->setBackgroundRole(QPalette::Base);
    inner->setBackgroundRole(QPalette::Base);
    QFrame* frame = card();
    layoutOf(frame)->addWidget(m_place);
    layoutOf(frame)->addWidget(m_standing);
    layoutOf(frame)->addWidget(scroll, 1);
    auto* decide = new QHBoxLayout;
    decide->setSpacing(8);
    decide->addWidget(m_accept);
    decide->addWidget(m_reject);
    decide->addStretch();
    layoutOf(frame)->addLayout(decide);
    connect(m_accept, &QPushButton::clicked, this, &HypothesesPane::accept);
    connect(m_reject, &QPushButton::clicked, this, &HypothesesPane::reject);
    return frame;
}

void HypothesesPane::clear()
{
    m_model->setRows({});
    m_line->setText(tr("Guesses are never found by a query, and nothing is derived from them."));
    chosen();
}

void HypothesesPane::chosen()
{
    const Hypothesis* one = m_model->row(chosenRow(m_table));
    m_accept->setEnabled(changeable() != nullptr);
    m_reject->setEnabled(changeable() != nullptr && !one->isRejected);
    if (one == nullptr) {
        m_place->setText(tr("No passage is chosen"));
        m_standing->setText(tr("Choose one to see what may have stood there, and why."));
        m_text->clear();
        m_evidence->clear();
        return;
    }
    m_place->setText(documentOf(*one));
    QString standing = tr("%1: %2").arg(oneLine(text(one->lost.place), 120), standingOf(*one));
    m_standing->setText(one->text.empty() ? standing : standing + ", " + tr("confidence %1").arg(confidenceOf(*one)));
    m_text->setText(one->text.empty() ? tr("Nothing can be said: %1").arg(text(one->problem)) : text(one->text).toHtmlEscaped());
    QStringList lines;
    for (const std::string& each : one->evidence) {
        lines.append(QString(QChar(0x2022)) + ' ' + text(each));
    }
    m_evidence->setText(lines.isEmpty() ? QString() : tr("Evidence") + '\n' + lines.join('\n'));
}

void HypothesesPane::look(std::size_t limit)
{
    HypothesesOptions options;
    options.limit = limit;
    options.rejected = m_rejected->isChecked();
    m_shell.session().start(
        this, tr("Look for hypotheses"), [options](Store& store, const Task& task) { return store.hypotheses().list(options, task); },
        [this](Result<std::vector<Hypothesis>>& all) {
            if (!all) {
                m_shell.tell(explain(all.error(), Intent::Work), [this] { look(); });
                return QString();
            }
            QString line = all->empty() ? tr("No passage is lost.") : tr("%1 lost passages").arg(number(all->size()));
            m_line->setText(line);
            showRows(m_table, m_model, std::move(*all));
            if (chosenRow(m_table) < 0 && m_model->rowCount() > 0) {
                m_table->selectRow(0);
            }
            chosen();
            return line;
        });
}

void HypothesesPane::accept()
{
    const Hypothesis* one = changeable();
    if (one == nullptr) {
        return;
    }
    m_shell.session().start(
        this, tr("Keep a hypothesis"), [id = one->lost.id](Store& store, const Task& task) { return store.hypotheses().accept(id, task); },
        [this](const Result<FragmentId>& kept) {
            if (!kept) {
                m_shell.tell(explain(kept.error(), Intent::Work));
                return QString();
            }
            QString line = tr("Kept as a new memory, %1").arg(text(toString(*kept)));
            m_line->setText(line);
            return line;
        });
}

const Hypothesis* HypothesesPane::changeable() const
{
    const Hypothesis* one = m_model->row(chosenRow(m_table));
    return one != nullptr && !one->text.empty() && !m_shell.session().readOnly() ? one : nullptr;
}

void HypothesesPane::reject()
{
    const Hypothesis* one = changeable();
    if (one == nullptr || one->isRejected) {
        return;
    }
    m_shell.session().start(
        this, tr("Reject a hypothesis"),
        [id = one->lost.id](Store& store, const Task& task) { return store.hypotheses().reject(id, task); },
        [this, id = toString(one->lost.id)](const Result<void>& rejected) {
            if (!rejected) {
                m_shell.tell(explain(rejected.error(), Intent::Work));
                return QString();
            }
            std::vector<Hypothesis> left = m_model->rows();
            for (Hypothesis& each : left) {
                each.isRejected = each.isRejected || toString(each.lost.id) == id;
            }
            if (!m_rejected->isChecked()) {
                std::erase_if(left, [](const Hypothesis& each) { return each.isRejected; });
            }
            m_model->setRows(std::move(left));
            if (chosenRow(m_table) < 0 && m_model->rowCount() > 0) {
                m_table->selectRow(0);
            }
            chosen();
            m_line->setText(tr("Rejected. It is not offered again until there is new evidence."));
            return m_line->text();
        });
}

} // namespace carma::gui
