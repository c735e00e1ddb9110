---------------------------- MODULE Collection ----------------------------
(* R5 with R4, R7, R8 and R9: one shard k moves between living brokers while *)
(* its WALs are folded and collected; another one ("filler") stays with      *)
(* broker 1 and shares its WAL.  One record per slot.                        *)
(*                                                                           *)
(* k's manifest holds its writer's epoch and, per broker and generation, up  *)
(* to where k's records are folded into segments.  It changes by compare-    *)
(* and-set; the answer may be lost.  PUTs of data and SEALs may be applied   *)
(* at any later time, any number of times, also on slots that were deleted.  *)
(* Leaders that were deposed go on consolidating: nothing rests on their     *)
(* noticing it.                                                              *)
EXTENDS Integers, FiniteSets, Sequences, TLC
CONSTANTS NB, NG, NS, NE, P,
          Order,        \* "cas": CAS the manifest to epoch e, then read it and the tails; "tails": read both, then write what
                        \* was read with epoch e over any lower epoch; "tails-again": the same, but only over the very
                        \* version that was read (if that fails, read all again)
          Fence,        \* "both": compare-and-set, and a higher epoch in the body stops the writer;
                        \* "etag": compare-and-set, but a deposed leader reads again and goes on; "none": plain overwrite
          FloorBy,      \* "all" shards that wrote to the WAL; "filler" only; "owner": shards that its broker leads now
          ValidateFloor,\* TRUE: a SEAL counts only if the floor, read again, is not above it
          WriterFloor,  \* TRUE: the same rule for the writer that reads a SEAL back in its own slot
          CloseFirst,   \* TRUE: predecessors are closed before the CAS; FALSE: only before the tails are read
          KeepSeal,     \* TRUE: the floor never passes a seal, seals are never deleted
          HandGens,     \* TRUE: who relies on a HANDOFF in (I,g) reads the generations before g to their seals, too
          AllowFiller, AllowHandoff
B == 1..NB  G == 1..NG  Slots == 0..NS  E == 1..NE
EMPTY == -1  DATA == -2  GONE == -3       \* never written, data, deleted; x >= 0: SEAL that fences k for epochs <= x
IsSeal(v) == v >= 0
Absent(v) == v \in {EMPTY, GONE}
VARIABLES asg, ldr,     \* metalog: newest epoch, leader of each
          mode,         \* none, wait (manifest is ours, tails not read), open, draining, closed
          base, leo,    \* per epoch: first offset, next offset
          gen, sent, hw,\* per broker: generation; slots handed to the WAL writer; frontier
          st,           \* the bucket: what each slot holds
          floor,        \* the bucket: floor/<I>/<g>
          sreq, spos, sst, \* SEALs ever sent; one sealer per (I,g): where it stands
          man, view,    \* k's manifest in the bucket; what leader e holds of it
          fpos,         \* the filler's manifest: folded below
          bad           \* an heir met a hole (it stops: R11)
vars == <<asg, ldr, mode, base, leo, gen, sent, hw, st, floor, sreq, spos, sst, man, view, fpos, bad>>
BG(v) == [b \in B |-> [g \in G |-> v]]
M0 == [ep |-> 1, pos |-> BG(0)]
Init == /\ asg = 1 /\ ldr = [e \in E |-> IF e = 1 THEN 1 ELSE 0]
        /\ mode = [e \in E |-> IF e = 1 THEN "open" ELSE "none"]
        /\ base = [e \in E |-> 0] /\ leo = [e \in E |-> 0]
        /\ gen = [b \in B |-> 1] /\ sent = BG(<<>>) /\ hw = BG(0)    \* <<e,off>> data, <<0,0>> filler, <<-e,off>> HANDOFF
        /\ st = BG([s \in Slots |-> EMPTY]) /\ floor = BG(0)
        /\ sreq = {} /\ spos = BG(0) /\ sst = BG("idle")
        /\ man = M0 /\ view = [e \in E |-> M0] /\ fpos = BG(0) /\ bad = FALSE

EpOf(r) == IF r[1] < 0 THEN -r[1] ELSE r[1]
Min(a, c) == IF a < c THEN a ELSE c
FirstNonD(b,g,f) == CHOOSE n \in f..(NS+1) : (n = NS+1 \/ st[b][g][n] # DATA) /\ \A s \in f..(n-1) : st[b][g][s] = DATA

\* ---- metalog, writer
Assign(b) == /\ asg < NE /\ asg' = asg + 1 /\ ldr' = [ldr EXCEPT ![asg+1] = b]
             /\ UNCHANGED <<mode, base, leo, gen, sent, hw, st, floor, sreq, spos, sst, man, view, fpos, bad>>
Room(b) == Len(sent[b][gen[b]]) < NS /\ Len(sent[b][gen[b]]) - hw[b][gen[b]] < P
Append1(b, r) == sent' = [sent EXCEPT ![b][gen[b]] = Append(@, r)]
AppendB(b) == /\ Room(b)
  /\ \/ AllowFiller /\ b = 1 /\ Append1(b, <<0,0>>) /\ UNCHANGED leo
     \/ \E e \in E : /\ ldr[e] = b /\ mode[e] = "open"
                     /\ Append1(b, <<e, leo[e]>>) /\ leo' = [leo EXCEPT ![e] = @ + 1]
  /\ UNCHANGED <<asg, ldr, mode, base, gen, hw, st, floor, sreq, spos, sst, man, view, fpos, bad>>
ApplyData(b,g,s) == /\ s < Len(sent[b][g]) /\ Absent(st[b][g][s])
                    /\ st' = [st EXCEPT ![b][g][s] = DATA]
                    /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, floor, sreq, spos, sst, man, view, fpos, bad>>
\* a SEAL read back below the floor is a stray one: the slot held this writer's data, and is covered
Ack(b) == LET g == gen[b] n == hw[b][g] IN
  /\ n < Len(sent[b][g]) /\ (st[b][g][n] = DATA \/ (WriterFloor /\ IsSeal(st[b][g][n]) /\ n < floor[b][g]))
  /\ hw' = [hw EXCEPT ![b][g] = @ + 1]
  /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, st, floor, sreq, spos, sst, man, view, fpos, bad>>
\* R8: the writer reads a SEAL in its next slot; fenced actors go, the rest is carried unchanged into g+1
SeesSeal(b) == LET g == gen[b] n == hw[b][g] x == st[b][g][n] IN
  /\ g < NG /\ IsSeal(st[b][g][n]) /\ (WriterFloor => floor[b][g] <= n)
  /\ gen' = [gen EXCEPT ![b] = g + 1]
  /\ mode' = [e \in E |-> IF ldr[e] = b /\ e <= x THEN "closed" ELSE mode[e]]
  /\ sent' = [sent EXCEPT ![b][g+1] = SelectSeq(SubSeq(sent[b][g], n+1, Len(sent[b][g])), LAMBDA r : r[1] = 0 \/ EpOf(r) > x)]
  /\ UNCHANGED <<asg, ldr, base, leo, hw, st, floor, sreq, spos, sst, man, view, fpos, bad>>
\* R9: stop appending; HANDOFF once the frontier covers k's last slot (or "never opened")
Drain(e) == /\ AllowHandoff /\ e < asg /\ mode[e] = "open" /\ mode' = [mode EXCEPT ![e] = "draining"]
            /\ UNCHANGED <<asg, ldr, base, leo, gen, sent, hw, st, floor, sreq, spos, sst, man, view, fpos, bad>>
Handoff(e) == LET b == ldr[e] g == gen[b] IN
  /\ AllowHandoff /\ e < asg /\ mode[e] \in {"draining","none","wait"} /\ Room(b)
  /\ \A s \in hw[b][g]..(Len(sent[b][g])-1) : sent[b][g][s+1][1] # e
  /\ Append1(b, <<-e, leo[e]>>) /\ mode' = [mode EXCEPT ![e] = "closed"]
  /\ UNCHANGED <<asg, ldr, base, leo, gen, hw, st, floor, sreq, spos, sst, man, view, fpos, bad>>

\* ---- sealers (heirs, or the broker itself for another reason: x = 0)
SealStart(b,g) == /\ sst[b][g] = "idle" /\ (\E e \in 1..(asg-1) : ldr[e] = b) /\ (g > 1 => sst[b][g-1] = "done")
                  /\ sst' = [sst EXCEPT ![b][g] = "probe"] /\ spos' = [spos EXCEPT ![b][g] = floor[b][g]]
                  /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, st, floor, sreq, man, view, fpos, bad>>
SealProbe(b,g,x) == LET n == FirstNonD(b,g,spos[b][g]) IN
  /\ sst[b][g] = "probe" /\ n <= NS
  /\ spos' = [spos EXCEPT ![b][g] = n]
  /\ IF IsSeal(st[b][g][n])
     THEN x = 0 /\ sst' = [sst EXCEPT ![b][g] = IF ValidateFloor THEN "check" ELSE "done"] /\ UNCHANGED sreq
     ELSE /\ x < asg /\ (\A q \in sreq : ~(q[1] = b /\ q[2] = g /\ q[3] = n))
          /\ sreq' = sreq \cup {<<b,g,n,x>>} /\ UNCHANGED sst
  /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, st, floor, man, view, fpos, bad>>
SealCheck(b,g) == /\ sst[b][g] = "check"
                  /\ IF floor[b][g] <= spos[b][g] THEN sst' = [sst EXCEPT ![b][g] = "done"] /\ UNCHANGED spos
                     ELSE sst' = [sst EXCEPT ![b][g] = "probe"] /\ spos' = [spos EXCEPT ![b][g] = floor[b][g]]
                  /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, st, floor, sreq, man, view, fpos, bad>>
ApplySeal(r) == /\ Absent(st[r[1]][r[2]][r[3]])
                /\ st' = [st EXCEPT ![r[1]][r[2]][r[3]] = r[4]]
                /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, floor, sreq, spos, sst, man, view, fpos, bad>>

\* ---- R7: close predecessors, CAS the manifest to e, read the tails, open
HandEnd(d,b,g) == {s \in 0..(hw[b][g]-1) : sent[b][g][s+1][1] = -d}        \* a HANDOFF that its writer told of
SealX(b,g) == st[b][g][spos[b][g]]
CloseGens(d) == {g \in G : (\A h \in 1..g : sst[ldr[d]][h] = "done") /\ SealX(ldr[d],g) >= d}
\* by a HANDOFF: the generations before it end at their valid seals, which the heir has to find as well
HandClosed(d) == {g \in G : HandEnd(d, ldr[d], g) # {} /\ (HandGens => \A h \in 1..(g-1) : sst[ldr[d]][h] = "done")}
Closed(d) == CloseGens(d) # {} \/ HandClosed(d) # {}
\* where the heir of e stops reading (b,g): the seal, else the last HANDOFF of an epoch below e
End(e,b,g) == IF sst[b][g] = "done" THEN spos[b][g]
              ELSE LET H == UNION {HandEnd(d,b,g) : d \in {d \in 1..(e-1) : ldr[d] = b}}
                   IN IF H = {} THEN 0 ELSE 1 + CHOOSE s \in H : \A t \in H : t <= s
Ready(e) == e <= asg /\ (mode[e] = "none" \/ (Order = "tails-again" /\ mode[e] = "wait" /\ view[e].pos # man.pos)) /\ (CloseFirst => \A d \in 1..(e-1) : Closed(d))
Cas(e) == /\ Ready(e) /\ e > 1
          /\ IF Order = "cas"
             THEN man.ep < e /\ man' = [man EXCEPT !.ep = e] /\ view' = [view EXCEPT ![e] = man']
             ELSE view' = [view EXCEPT ![e] = [man EXCEPT !.ep = e]] /\ UNCHANGED man   \* read it (and the tails) now
          /\ mode' = [mode EXCEPT ![e] = "wait"]
          /\ UNCHANGED <<asg, ldr, base, leo, gen, sent, hw, st, floor, sreq, spos, sst, fpos, bad>>
\* k's records below epoch e in the slots named
Recs(S, e) == {r \in S : sent[r[1]][r[2]][r[3]+1][1] \in 1..(e-1)}
Off(r) == sent[r[1]][r[2]][r[3]+1][2]
All == {<<b,g,s>> \in B \X G \X (0..(NS-1)) : s < Len(sent[b][g])}
Folded(m) == {r \in All : r[3] < m.pos[r[1]][r[2]] /\ sent[r[1]][r[2]][r[3]+1][1] > 0}
Open(e) == LET v == view[e]
               T == {r \in All : r[3] >= v.pos[r[1]][r[2]] /\ r[3] < End(e, r[1], r[2])}
               O == {Off(r) : r \in Recs(T, e) \cup Folded(v)}
               b0 == IF O = {} THEN 0 ELSE 1 + CHOOSE o \in O : \A p \in O : p <= o IN
  /\ mode[e] = "wait" /\ (\A d \in 1..(e-1) : Closed(d))
  /\ IF Order = "cas" THEN man = v /\ UNCHANGED man       \* else a later heir has it
     ELSE man.ep < e /\ (Order = "tails-again" => man.pos = v.pos) /\ man' = v     \* the epoch goes in last
  /\ mode' = [mode EXCEPT ![e] = "open"]
  /\ bad' = (bad \/ (Order = "cas" /\ \E r \in T : st[r[1]][r[2]][r[3]] # DATA /\ sent[r[1]][r[2]][r[3]+1][1] # 0))
  /\ base' = [base EXCEPT ![e] = b0] /\ leo' = [leo EXCEPT ![e] = b0]
  /\ UNCHANGED <<asg, ldr, gen, sent, hw, st, floor, sreq, spos, sst, view, fpos>>

\* ---- consolidation by whoever leads, or still believes so
Target(e,b,g) == IF ldr[e] = b THEN hw[b][g] ELSE End(e,b,g)
Consolidate(e,b,g,n) ==
  /\ mode[e] \in {"open","draining","closed"} /\ view[e].ep = e
  /\ n > view[e].pos[b][g] /\ n <= Target(e,b,g)
  /\ LET m == [ep |-> IF Fence = "etag" THEN man.ep ELSE e, pos |-> [view[e].pos EXCEPT ![b][g] = n]] IN
     /\ (Fence = "none" \/ (view[e].pos = man.pos /\ (Fence = "etag" \/ man.ep = e)))
     /\ man' = m /\ (view' = [view EXCEPT ![e] = [m EXCEPT !.ep = e]] \/ UNCHANGED view)   \* the answer may be lost
  /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, st, floor, sreq, spos, sst, fpos, bad>>
\* a failed CAS: read again; only one's own epoch lets one go on
Reread(e) == /\ (Fence = "etag" \/ man.ep = e) /\ mode[e] \in {"open","draining","closed"} /\ view[e].pos # man.pos
             /\ view' = [view EXCEPT ![e].pos = man.pos]
             /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, st, floor, sreq, spos, sst, man, fpos, bad>>
FoldFiller(b,g) == LET n == IF sst[b][g] = "done" THEN spos[b][g] ELSE hw[b][g] IN
  /\ AllowFiller /\ fpos[b][g] < n /\ (\E s \in fpos[b][g]..(n-1) : sent[b][g][s+1][1] = 0)
  /\ fpos' = [fpos EXCEPT ![b][g] = n]
  /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, st, floor, sreq, spos, sst, man, view, bad>>

\* ---- R5: floor and collection
Frontier(b,g) == IF sst[b][g] = "done" THEN spos[b][g] ELSE hw[b][g]
Cov(b,g,isK,p) == CHOOSE n \in 0..Frontier(b,g) :
   /\ \A s \in 0..(n-1) : (sent[b][g][s+1][1] # 0) = isK => s < p
   /\ n < Frontier(b,g) => (sent[b][g][n+1][1] # 0) = isK /\ n >= p
CountK(b) == FloorBy = "all" \/ (FloorBy = "owner" /\ ldr[asg] = b)
MoveFloor(b,g) == LET f == Cov(b,g,FALSE,fpos[b][g])
                      t == IF CountK(b) THEN Min(f, Cov(b,g,TRUE,man.pos[b][g])) ELSE f
                      u == IF ~KeepSeal /\ sst[b][g] = "done" /\ t = spos[b][g] THEN t + 1 ELSE t IN
  /\ floor[b][g] < u /\ floor' = [floor EXCEPT ![b][g] = u]
  /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, st, sreq, spos, sst, man, view, fpos, bad>>
Delete(b,g,s) == /\ s < floor[b][g] /\ (st[b][g][s] = DATA \/ (~KeepSeal /\ IsSeal(st[b][g][s])))
                 /\ st' = [st EXCEPT ![b][g][s] = GONE]
                 /\ UNCHANGED <<asg, ldr, mode, base, leo, gen, sent, hw, floor, sreq, spos, sst, man, view, fpos, bad>>
Next == \/ \E b \in B : Assign(b) \/ AppendB(b) \/ Ack(b) \/ SeesSeal(b)
        \/ \E b \in B, g \in G : \/ SealStart(b,g) \/ SealCheck(b,g) \/ FoldFiller(b,g) \/ MoveFloor(b,g)
                                 \/ \E s \in Slots : ApplyData(b,g,s) \/ Delete(b,g,s)
                                 \/ \E x \in 0..(NE-1) : SealProbe(b,g,x)
                                 \/ \E e \in E, n \in 1..NS : Consolidate(e,b,g,n)
        \/ \E r \in sreq : ApplySeal(r)
        \/ \E e \in E : Drain(e) \/ Handoff(e) \/ Cas(e) \/ Open(e) \/ Reread(e)
Spec == Init /\ [][Next]_vars

\* ------------------------------------------------------------- invariants
Ep(r) == sent[r[1]][r[2]][r[3]+1][1]
Acked == {r \in All : Ep(r) > 0 /\ r[3] < hw[r[1]][r[2]]}
InSlot(r) == st[r[1]][r[2]][r[3]] = DATA /\ r[3] >= floor[r[1]][r[2]]
Readable(r) == r \in Folded(man) \/ InSlot(r)
Opened == {e \in E : mode[e] \in {"open","draining"} \/ leo[e] > base[e] \/ e = 1}
\* acknowledged records are in the manifest or in a slot that recovery reads, and below every later epoch
NoLoss == \A r \in Acked : Readable(r) /\ \A e \in Opened : e > Ep(r) => Off(r) < base[e]
\* one record per offset, whether acknowledged or served from segments
Agreement == \A r, q \in Acked \cup Folded(man) : Off(r) = Off(q) => r = q
\* every offset below an opened epoch has its record, readable
NoHole == \A e \in Opened : \A o \in 0..(base[e]-1) : \E r \in All : Ep(r) \in 1..(e-1) /\ Off(r) = o /\ Readable(r)
NoBad == ~bad
\* a seal that was taken as valid is where the WAL ends, for ever
SealTruth == \A b \in B, g \in G : sst[b][g] = "done" =>
   /\ IsSeal(st[b][g][spos[b][g]]) /\ hw[b][g] <= spos[b][g] /\ floor[b][g] <= spos[b][g]
=============================================================================
