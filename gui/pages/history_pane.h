// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"
#include "pages/rows_model.h"

#include <carma/memory.h>

#include <atomic>
#include <memory>

class QLabel;
class QPushButton;
class QSlider;
class QTableView;

namespace carma::gui {

using VersionsModel = RowsModel<DocumentSummary>;
VersionsModel* makeVersionsModel(QObject* parent);

/// Versions of one document, and a slider over its time: where it stands, that version is shown.
class HistoryPane : public QWidget {
    Q_OBJECT

public:
    explicit HistoryPane(Shell& shell);
    ~HistoryPane() override;
    void show(const DocumentSummary& document); ///< asks for its versions
    void clear();
    [[nodiscard]] const VersionsModel* model() const { return m_model; }
    [[nodiscard]] QSlider* slider() const { return m_slider; }
    [[nodiscard]] QPushButton* restoreButton() const { return m_restore; }

signals:
    void versionWanted(const carma::DocumentSummary& version);
    void restoreWanted(const carma::DocumentSummary& current, const carma::DocumentSummary& version);

private:
    void showVersions(std::vector<DocumentSummary> versions);
    void chosen();
    void moved(int position);

    Shell& m_shell;
    VersionsModel* m_model; ///< the oldest first, as on the slider
    QTableView* m_table;
    QSlider* m_slider;
    QLabel* m_when;
    QPushButton* m_restore;
    bool m_filling = false, m_sliding = false;   ///< what the table or the slider shows is set by the other, or by show()
    std::shared_ptr<std::atomic<bool>> m_wanted; // shared with the thread that reads, which ends early if it is false
};

} // namespace carma::gui
