/**
 * What runs anywhere: graphs, models, training and tasks. Files and the Node runtime are in `vrnn/node`, a browser's in
 * `vrnn/web`.
 *
 * @module vrnn
 */

import "./distributions/all.ts";

export type { ChangeWatchState, Moments } from "./anomaly/change-watch.ts";
export type { ColumnWatchState } from "./anomaly/column-watch.ts";
export {
  type AlarmRate,
  type AnomalyEvent,
  type ColumnCalibration,
  type Detection,
  type Detector,
  type DetectorOptions,
  detect,
  type EntryScores,
  fitDetector,
  type Reason,
  type Statistic,
} from "./anomaly/detect.ts";
export { detectedColumns, entryScores, stepScores } from "./anomaly/entry-scores.ts";
export { type Patch, worstPatch } from "./anomaly/frames.ts";
export {
  type Alarm,
  detectorOf,
  LiveDetector,
  type LiveDetectorOptions,
  type LiveDetectorState,
  type Offset,
  type PlacedChange,
  type Regime,
} from "./anomaly/live-detector.ts";
export type { OverallChange, OverallWatchState } from "./anomaly/overall-watch.ts";
export { gradients } from "./autodiff/gradients.ts";
export { type ClassCaption, classCaptions, mostFrequentCaption } from "./baselines/class-captions.ts";
export { constantVelocity, type Straying, strayingVelocity } from "./baselines/constant-velocity.ts";
export { type FrameRule, type FrameSize, frameRules } from "./baselines/frames.ts";
export { type Discounts, KneserNey, type KneserNeyOptions } from "./baselines/kneser-ney.ts";
export {
  type Nearest,
  nearestTemplate,
  type Template,
  type WarpOptions,
  warpedDistance,
} from "./baselines/nearest-template.ts";
export { TfIdf, type TfIdfOptions } from "./baselines/tf-idf.ts";
export { WittenBell, type WittenBellOptions } from "./baselines/witten-bell.ts";
export type { WordModel, WordStep } from "./baselines/word-model.ts";
export { calibratedFills, type FillCalibration } from "./calibration/calibrated-fills.ts";
export type { Companion, Companions } from "./calibration/companions.ts";
export { type FillCalibrationOptions, learnFillCalibration } from "./calibration/fill-calibration.ts";
export type { ColumnFill, FillRule, Lean } from "./calibration/fill-rule.ts";
export {
  type JudgedLabel,
  type LabelCalibration,
  learnedLabels,
} from "./calibration/label-calibration.ts";
export { type Certainty, type Insiders, oddestOf, oddnessOf, type Spread } from "./calibration/outsiders.ts";
export type { ColumnRecalibration, Recalibration } from "./calibration/recalibrate.ts";
export { fittedTemperature, tempered } from "./calibration/temperature.ts";
export type { Dither, Frames } from "./data/audio/frames.ts";
export {
  type FeatureStream,
  type FrontEnd,
  type FrontEndOptions,
  frontEnd,
} from "./data/audio/front-end.ts";
export { LiveSound, type LiveSoundOptions } from "./data/audio/live-sound.ts";
export type { MelScaleName } from "./data/audio/mel.ts";
export { type PcmEncoding, type PcmOptions, PcmReader } from "./data/audio/pcm.ts";
export type { RunningMeanOptions } from "./data/audio/running-mean.ts";
export type { WindowName } from "./data/audio/windows.ts";
export type { ByteFile } from "./data/byte-file.ts";
export {
  type CaptionFields,
  type CaptionOptions,
  captionDataset,
  type EncodedPictures,
  type PictureWithCaptions,
} from "./data/captions/caption-dataset.ts";
export { type Count, countsOf } from "./data/counts.ts";
export {
  type Column,
  type ColumnKind,
  type ConditionColumn,
  type ConditionRole,
  type Dataset,
  type LabelColumn,
  type LabelSpan,
  type Sequence,
  type SplitName,
  sliceSequence,
  type TimeColumn,
  type Units,
} from "./data/dataset.ts";
export type { Derivation, DerivationOf } from "./data/derived/derivation.ts";
export type { LagColumn } from "./data/derived/derived-column.ts";
export { lagOf, withLags } from "./data/derived/lags.ts";
export type { CalendarWord } from "./data/derived/names.ts";
export { Feeder, type FeedOptions, type RowRange, shardRows } from "./data/feeder.ts";
export {
  type FieldDataset,
  type TableFields,
  tableDataset,
  tableFields,
  tableSequence,
} from "./data/field-dataset.ts";
export type {
  ColumnsField,
  FeaturesField,
  Field,
  FieldAxis,
  FieldKind,
  FieldRole,
  Fields,
  FieldValues,
  FramesField,
  LabelField,
  TokensField,
} from "./data/fields.ts";
export {
  type IdxArray,
  type IdxValues,
  type LabelledPictures,
  parseIdx,
  pictureDataset,
} from "./data/images/idx.ts";
export type { Picture } from "./data/images/picture.ts";
export { type FrameRow, framesPng } from "./data/images/strip.ts";
export { type InputPart, type InputSpec, type NamedSize, tableInputs } from "./data/inputs.ts";
export type { Modality, ModalityName } from "./data/modality.ts";
export { type Heading, pathAhead } from "./data/motion/heading.ts";
export { type MotionFields, type MotionOptions, motionDataset } from "./data/motion/motion-dataset.ts";
export type { Point, Scene } from "./data/motion/tracks.ts";
export { type Window, type WindowSize, windowsOf } from "./data/motion/windows.ts";
export { type MidiRoll, parseMidiRoll } from "./data/music/midi.ts";
export { midiBytes } from "./data/music/midi-writer.ts";
export type { Roll } from "./data/music/piano-roll.ts";
export type { Playing } from "./data/music/playing.ts";
export { type Drawn, oneOfEach } from "./data/one-of-each.ts";
export {
  type EpochOptions,
  type OpenBatch,
  openBatches,
  type PlannedBatch,
  planBatches,
  type RandomInteger,
  streamSpans,
  trainingSpans,
  wholeSpans,
} from "./data/plan.ts";
export type { Reread } from "./data/reread.ts";
export type { Scaling } from "./data/scaling.ts";
export { type Season, seasonsOf } from "./data/seasons.ts";
export { scaleSeries, seriesUnits } from "./data/series-units.ts";
export {
  cutPart,
  type Index,
  type IndexEntry,
  type MemorySequence,
  memorySource,
  type Part,
  type SequenceSource,
  type Span as SequenceSpan,
} from "./data/source.ts";
export { type Pronunciation, readDictionary } from "./data/speech/dictionary.ts";
export type { FeatureName } from "./data/speech/feature-names.ts";
export type { Hearing } from "./data/speech/hearing.ts";
export { type Durations, knownOfSpeech, type SpeechKnowledge } from "./data/speech/knowledge.ts";
export type { SplitShares } from "./data/split.ts";
export { type Looking, withSpreads } from "./data/spreads.ts";
export type {
  AggregateName,
  DateOrder,
  DecimalMark,
  HeaderAnswer,
  SeriesShape,
  SplitWay,
} from "./data/tables/answers.ts";
export { type ColumnArrays, datasetFromArrays } from "./data/tables/arrays.ts";
export { jsonLinesDataset } from "./data/tables/jsonl-source.ts";
export type { LabelOptions } from "./data/tables/label.ts";
export type { SchemaOptions } from "./data/tables/schema.ts";
export { separatedDataset } from "./data/tables/separated-source.ts";
export type { LabelledText } from "./data/text/label-field.ts";
export type { LabelledColumns } from "./data/text/labelled.ts";
export { hashedNGrams, nGramsField } from "./data/text/n-grams.ts";
export type { TextPiece } from "./data/text/names.ts";
export {
  type FoundPairs,
  type LinesOfSide,
  type PairSides,
  pairedLines,
  parsePairs,
  type TextPair,
} from "./data/text/pairs.ts";
export { type PairFields, pairDataset } from "./data/text/pairs-dataset.ts";
export { subwordDropout } from "./data/text/subword-dropout.ts";
export {
  type LabelledFields,
  labelledDataset,
  type TextKnowledge,
  type TextOptions,
  textDataset,
} from "./data/text/text-dataset.ts";
export { type TextSizes, textSizes } from "./data/text/text-sizes.ts";
export { tokenizerJson } from "./data/text/tokenizer-json.ts";
export {
  BEGIN,
  buildVocabulary,
  END,
  type EncodedText,
  type Merge,
  PAD,
  Tokenizer,
  type TokenUnit,
  UNKNOWN,
  type Vocabulary,
  type VocabularyOptions,
} from "./data/text/vocabulary.ts";
export { bernoulliOver } from "./distributions/bernoulli.ts";
export { categoricalOver } from "./distributions/categorical.ts";
export type {
  Draws,
  Emission,
  EmissionUnits,
  Family,
  KnownValues,
  LastSeen,
  Link,
  MissingRule,
  Moved,
  SeasonAgo,
} from "./distributions/emission.ts";
export { defaultFamily, type FamilyEntry, families } from "./distributions/families.ts";
export { normalKl, normalLogDensity } from "./distributions/gaussian.ts";
export type { LatentDistribution } from "./distributions/latent/distribution.ts";
export { type LatentFamilyName, latentFamilies } from "./distributions/latent/families.ts";
export {
  type LatentFamily,
  type LatentFormula,
  type LatentMember,
  type LatentMoments,
  latentFamily,
  rawUnitScale,
  scaleOfRaw,
} from "./distributions/latent/family.ts";
export { type Normal, type NormalMoments, normal, residualNormal } from "./distributions/latent/normal.ts";
export { studentTFamily } from "./distributions/latent/student-t.ts";
export { emissionOf } from "./distributions/mixed.ts";
export type { Truncation } from "./distributions/truncated.ts";
export { type ErrorDetails, VrnnError } from "./errors.ts";
export {
  type Exported,
  type ExportedModel,
  type ExportedText,
  type ExportGraph,
  exportGraph,
  exportGraphNames,
  exportTextGraph,
  exportWeights,
  type TextExportGraph,
  textExportGraphNames,
  textGraphNamesOf,
} from "./export/export.ts";
export * as graph from "./graph/public.ts";
export { type AttentionWeightsOptions, attentionWeights } from "./inference/attention-weights.ts";
export { type BacktestForecast, type BacktestOptions, backtest } from "./inference/backtest.ts";
export {
  type BeamBatch,
  type BeamOptions,
  BeamSearcher,
  type BeamSettings,
  type BeamText,
  beamSearch,
} from "./inference/beam.ts";
export {
  type Caption,
  type CaptionDraws,
  type CaptionerSettings,
  PictureCaptioner,
  type SeenPicture,
  type ToldClass,
} from "./inference/caption.ts";
export { type Classified, type ClassifyOptions, classifySequences } from "./inference/classify.ts";
export { type Encoded, type EncodeOptions, encodeSequences } from "./inference/encode.ts";
export { type Filtered, type FilterOptions, filterSequences } from "./inference/filter.ts";
export type { Follower, FollowerAnswer, StepCondition } from "./inference/follower.ts";
export { type Following, type FollowingName, followings } from "./inference/following.ts";
export {
  continuationsOf,
  type Forecast,
  type ForecastOptions,
  forecastSequences,
  pathsOf,
} from "./inference/forecast.ts";
export type { StepForecast } from "./inference/forecast-step.ts";
export { type FrameMap, type FrameMapOptions, frameMaps } from "./inference/frame-maps.ts";
export { type FrameMeasureName, frameMeasureNames } from "./inference/frame-measure-names.ts";
export { drawnFutures, type FuturesOptions, meanFuture } from "./inference/futures.ts";
export type { Gap } from "./inference/gap.ts";
export { type GeneratedRow, type GenerateOptions, generateRows } from "./inference/generate.ts";
export { type Imputed, type ImputeOptions, imputeSequences } from "./inference/impute.ts";
export type { ParticleFilterOptions, RolloutOptions } from "./inference/particle-filter.ts";
export {
  type ParticleScoreOptions,
  type ParticleScores,
  scoreByParticles,
} from "./inference/particle-scores.ts";
export { ParticleStream, type ParticleStreamOptions } from "./inference/particle-stream.ts";
export { type PrefixOptions, prefixStates } from "./inference/prefix.ts";
export { type SampleOptions, sampleSequences } from "./inference/sample.ts";
export {
  type SampledText,
  type SampleTextOptions,
  type StreamTextOptions,
  sampleTexts,
  streamText,
} from "./inference/sample-text.ts";
export {
  type Scored,
  type ScoreOptions,
  type ScoreRowsOptions,
  type SequenceScores,
  type StepScores,
  scoreNoise,
  scoreRows,
  scoreSequences,
} from "./inference/score.ts";
export {
  AcousticModel,
  type AcousticModelOptions,
  type HeardSteps,
} from "./inference/speech/acoustic-model.ts";
export { type Decoding, type DecodingOptions, decodingOf } from "./inference/speech/decoder.ts";
export {
  Endpoint,
  type EndpointOptions,
  type HeardUtterance,
  Listener,
} from "./inference/speech/endpoint.ts";
export {
  alignLabels,
  alignWords,
  type ForcedAlignment,
  type LabelProbabilities,
} from "./inference/speech/forced-alignment.ts";
export { BestPath, bestPath, type HeardLabel } from "./inference/speech/greedy.ts";
export type { HeardWord, Hypothesis, TimedWord } from "./inference/speech/heard.ts";
export {
  Lexicon,
  pronunciationsOf,
  spelled,
  unitsAlone,
} from "./inference/speech/lexicon.ts";
export {
  type FinalTranscript,
  LiveTranscriber,
  type LiveTranscriberOptions,
  type LiveTranscript,
  type PartialTranscript,
  type SpokenWord,
} from "./inference/speech/live-transcriber.ts";
export { PrefixBeam, type PrefixBeamOptions } from "./inference/speech/prefix-beam.ts";
export { FreePath, leastFit } from "./inference/speech/rejection.ts";
export { SpelledWords, type SpelledWordsOptions } from "./inference/speech/spelled-words.ts";
export { Stream, type StreamAnswer, type StreamOptions } from "./inference/stream.ts";
export type { StreamState } from "./inference/stream-state.ts";
export {
  type ReadText,
  TextTranslator,
  type Translation,
  type TranslatorSettings,
} from "./inference/translate.ts";
export { auroc } from "./metrics/auroc.ts";
export {
  type BleuOptions,
  type BleuStatistics,
  bleuOf,
  bleuSignature,
  bleuStatistics,
  summedBleu,
  wordsOf13a,
} from "./metrics/bleu.ts";
export { distinctN, selfCider } from "./metrics/caption-diversity.ts";
export { type CaptionScores, captionScores } from "./metrics/caption-scores.ts";
export { type ChrfStatistics, chrfOf, chrfStatistics, summedChrf } from "./metrics/chrf.ts";
export { type ComparedText, ciderD, NGramRarity, type WeightedGrams } from "./metrics/cider.ts";
export {
  type ClassSummary,
  classReport,
  classSummary,
  type LevelReport,
  majoritySummary,
  type ToldLabel,
} from "./metrics/classes.ts";
export {
  bestErrors,
  type DisplacementErrors,
  displacementErrors,
  meanErrors,
} from "./metrics/displacement.ts";
export { mcnemar, type PairedAccuracy } from "./metrics/mcnemar.ts";
export { sampleQuantile } from "./metrics/quantiles.ts";
export { rougeL } from "./metrics/rouge-l.ts";
export type { Span } from "./metrics/spans.ts";
export { ssim } from "./metrics/ssim.ts";
export {
  type BleuDifference,
  pairedBleu,
  type TranslationScores,
  translationScores,
} from "./metrics/translation-scores.ts";
export {
  alignedWords,
  type Confusion,
  type Utterance,
  type WordErrorCounts,
  type WordErrors,
  type WordPair,
  wordErrorDifference,
  wordErrors,
  wordErrorsBySpeaker,
} from "./metrics/word-errors.ts";
export { classifier } from "./models/classify/classifier.ts";
export { Reader, type ReaderOptions, type Steps } from "./models/classify/reader.ts";
export { type Direction, Dmm, type DmmOptions, type DmmSizes, directions } from "./models/dmm/dmm.ts";
export type { StepData, TokenOptions } from "./models/ends.ts";
export { modelFamilies } from "./models/families.ts";
export {
  type ModelCaptions,
  type ModelColumns,
  type ModelData,
  type ModelFamily,
  type ModelFrames,
  type ModelOptions,
  type ModelPairs,
  type ModelTokens,
  type ModelTracks,
  modelDataOf,
  type UsualOptions,
} from "./models/family.ts";
export { FrameVrnn, type FrameVrnnOptions } from "./models/frame-vrnn/frame-vrnn.ts";
export {
  type DrawWidths,
  drawWidths,
  type GenerationInputs,
  generate,
  generationInputs,
} from "./models/generate.ts";
export { type GivenLatents, latentStates } from "./models/given-latents.ts";
export { Hierarchy, type HierarchyOptions, type HierarchySizes } from "./models/hierarchy/hierarchy.ts";
export { Hmm, type HmmOptions } from "./models/hmm/hmm.ts";
export { inputSpecs } from "./models/input-specs.ts";
export { InputEncoder } from "./models/inputs.ts";
export { Kalman, type KalmanOptions } from "./models/kalman/kalman.ts";
export { withGivenLatents, withLatentTemperature } from "./models/latent-draws.ts";
export type { FamilyName } from "./models/loading.ts";
export {
  type Aside,
  type AsideContext,
  type Capabilities,
  capabilitiesOf,
  type EmIteration,
  type EmissionContext,
  type ExactDraws,
  type ExactModel,
  type FilterContext,
  type Known,
  type LatentBlock,
  type LatentModel,
  type LikeliestPaths,
  latentWidth,
  type Model,
  type ModelInput,
  noiseWidth,
  type Observation,
  type Observed,
  type OverTime,
  type PosteriorContext,
  type PriorContext,
  type Readout,
  type ReadoutContext,
  type Restarts,
  type SampleContext,
  type SeasonPlaces,
  type Shapes,
  type Smoothing,
  type SmoothingContext,
  type Tensors,
  type ToldSymbols,
  type Transcribed,
  type Transcriber,
  type TranscriberContext,
  type TransitionContext,
  type WholeSequences,
  type ZForcing,
} from "./models/model.ts";
export type { ParticleOptions, Resampler } from "./models/particle-unroll.ts";
export {
  type ParticleDraws,
  type ParticleFilterInputs,
  type ParticleFilterResult,
  type ParticleFilterVariant,
  particleFilter,
} from "./models/particles.ts";
export { type LabelReadout, PooledReadout, type ReadoutOptions, StepReadout } from "./models/readout.ts";
export { Srnn, type SrnnOptions, type SrnnSizes } from "./models/srnn/srnn.ts";
export { stateShapes } from "./models/state.ts";
export type { Generated, StepResult } from "./models/step.ts";
export { Storn, type StornOptions, type StornSizes } from "./models/storn/storn.ts";
export type { Together } from "./models/together.ts";
export { Translator, type TranslatorOptions } from "./models/translate/translator.ts";
export { type SequenceInputs, sequenceInputs, type Unrolled, unroll } from "./models/unroll.ts";
export type { PriorName } from "./models/vrnn/prior.ts";
export {
  type InitialStateName,
  Vrnn,
  type VrnnOptions,
  type VrnnSizes,
} from "./models/vrnn/vrnn.ts";
export { withParameters } from "./models/with-parameters.ts";
export {
  AdditiveAttention,
  type Attended,
  type AttentionMemory,
  type AttentionSizes,
  withinLengths,
} from "./nn/attention.ts";
export { Bidirectional } from "./nn/bidirectional.ts";
export { type Cell, type CellName, GRU, LSTM, type State } from "./nn/cells.ts";
export {
  Conv2d,
  type ConvolutionLayerOptions,
  ConvTranspose2d,
  type TransposedLayerOptions,
} from "./nn/convolution.ts";
export { type CtcLengths, type CtcLoss, ctc } from "./nn/ctc.ts";
export { Embedding } from "./nn/embedding.ts";
export { GroupNorm } from "./nn/group-norm.ts";
export { Hidden } from "./nn/hidden.ts";
export { LayerNorm } from "./nn/layer-norm.ts";
export { Linear, type LinearOptions } from "./nn/linear.ts";
export { type Net, plainNet } from "./nn/net.ts";
export type { Initialiser, Parameter, Sizes, Weights } from "./nn/parameters.ts";
export { weightsByName } from "./nn/weights.ts";
export {
  type AuxiliaryOptions,
  activationPenalty,
  bagOfWords,
  temporalPenalty,
  withAuxiliaries,
} from "./objectives/auxiliary.ts";
export { crossEntropy, smoothedCrossEntropy } from "./objectives/cross-entropy.ts";
export { connectionist } from "./objectives/ctc.ts";
export { objectives } from "./objectives/index.ts";
export type { ObjectiveName } from "./objectives/loading.ts";
export type {
  CountName,
  Fed,
  Objective,
  ObjectiveWithBound,
  RunningMean,
  Selection,
  Term,
  Terms,
  Totals,
  Trace,
} from "./objectives/objective.ts";
export { type WeightedObjective, weightedSum } from "./objectives/weighted-sum.ts";
export { type LowerOptions, lower, type Program } from "./onnx/lower.ts";
export type { OptionNeed } from "./options.ts";
export { finish, optimise, type Pass, type PassWatcher, watchPasses } from "./passes/optimise.ts";
export { Random, type RandomState } from "./random/generator.ts";
export { alone, type Collective } from "./runtime/collective.ts";
export type {
  DeviceValue,
  Executable,
  Inputs,
  Runtime,
  ShardedExecutable,
  TensorValue,
  Values,
} from "./runtime/runtime.ts";
export { type ReconstructionError, reconstructionErrors } from "./tables/reconstruct.ts";
export { blockwiseUpdate } from "./train/blockwise-update.ts";
export {
  type DynamicEvaluation,
  type DynamicOptions,
  type DynamicProgress,
  evaluateDynamically,
} from "./train/dynamic-evaluation.ts";
export type {
  BoundSummary,
  EndEvent,
  EpochEvent,
  StepEvent,
  TrainingEvent,
} from "./train/events.ts";
export { ExpectationMaximisation } from "./train/expectation-maximisation.ts";
export type { LearnerName } from "./train/learner-names.ts";
export { type Learner, learners } from "./train/learners.ts";
export {
  type AdamOptions,
  adam,
  chain,
  clipByGlobalNorm,
  decayWeights,
  descend,
  type Transformation,
  type UpdateContext,
} from "./train/optimisers.ts";
export { type TrainingOptions, trainingOptions } from "./train/options.ts";
export { type PiecewiseOptions, piecewiseGradient } from "./train/piecewise.ts";
export {
  boundProgram,
  type CompileOptions,
  compile,
  gradientProgram,
  type LossOptions,
  type ProgramOptions,
  unrollProgram,
  updateProgram,
} from "./train/programs.ts";
export { Trainer, type TrainerOptions, type TrainingState } from "./train/trainer.ts";
export type { CompileUpdate, UpdateParts } from "./train/updater.ts";
export { initialWeights, unpackWeights } from "./train/weights.ts";
